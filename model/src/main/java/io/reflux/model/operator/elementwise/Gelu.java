package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;
import java.util.Set;

/**
 * y = x · Φ(x), Φ the normal distribution's integral (Hendrycks & Gimpel 2016, arXiv:1606.08415), or the paper's
 * approximation by tanh. ONNX names the form by an attribute; com.microsoft has one name for each form, some with a bias
 * that is added to x first.
 *
 * @param domain operator set it is from; empty = ONNX's own
 * @param type its name there
 * @param since the first version of the set that has it
 * @param approximate "none" or "tanh" where the node does not say
 * @param inputs most inputs: 2 = with a bias
 */
record Gelu(String domain, String type, int since, String approximate, int inputs) implements Operator {

    private static final Set<String> FORMS = Set.of("none", "tanh");

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, inputs)
                .oneOutput()
                .expect(FORMS.contains(form(node)), "approximate", form(node), "none or tanh")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        return List.of(node.hasInput(1) ? Shapes.broadcast(x, context.shape(node.input(1))) : x);
    }

    @Override
    public InputUse use(int input) {
        return input == 1 ? InputUse.WEIGHT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        String sum = node.hasInput(1) ? "torch.add(" + x + ", " + out.value(node.input(1)) + ")" : x;
        out.assign(node.output(0), "torch.gelu(" + sum + ", approximate=\"" + form(node) + "\")");
    }

    private String form(GraphNode node) {
        return node.attributes().getString("approximate", approximate);
    }
}

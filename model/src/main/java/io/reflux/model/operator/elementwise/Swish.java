package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import java.util.List;

/**
 * y = x · sigmoid(alpha · x) (Ramachandran et al. 2017, arXiv:1710.05941).
 *
 * @param domain operator set it is from; empty = ONNX's own
 * @param type its name there
 * @param since the first version of the set that has it
 * @param defaultAlpha alpha where the node has none
 */
record Swish(String domain, String type, int since, float defaultAlpha) implements Operator {

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().finite("alpha", alpha(node)).list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        float alpha = alpha(node);
        out.assign(
                node.output(0),
                alpha == 1
                        ? "torch.silu(" + x + ")"
                        : "torch.mul(" + x + ", torch.sigmoid(torch.mul(" + x + ", " + ScriptText.number(alpha)
                                + ")))");
    }

    private float alpha(GraphNode node) {
        return node.attributes().getFloat("alpha", defaultAlpha);
    }
}

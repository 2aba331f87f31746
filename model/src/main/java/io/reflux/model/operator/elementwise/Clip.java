package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** y = min(max(x, least), most); each bound is a scalar input or absent. Where least &gt; most, y = most. */
final class Clip implements Operator {

    private static final List<String> BOUNDS = List.of("min", "max");

    @Override
    public String type() {
        return "Clip";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 3).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        for (int i = 0; i < BOUNDS.size(); i++) {
            if (node.hasInput(i + 1)) {
                List<Long> shape = context.shape(node.input(i + 1));
                if (Shapes.product(shape) != 1) {
                    throw Shapes.mismatch(BOUNDS.get(i) + " " + shape, "a scalar");
                }
            }
        }
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        if (!node.hasInput(1) && !node.hasInput(2)) {
            out.assign(node.output(0), x);
            return;
        }
        boolean numbers = isNumber(node, 1, out) && isNumber(node, 2, out);
        String least = numbers ? number(node, 1, out) : tensor(node, 1, out);
        String most = numbers ? number(node, 2, out) : tensor(node, 2, out);
        out.assign(node.output(0), "torch.clamp(" + x + ", " + least + ", " + most + ")");
    }

    private static boolean isNumber(GraphNode node, int input, NodeContext context) {
        return !node.hasInput(input) || context.isConstant(node.input(input));
    }

    private static String number(GraphNode node, int input, NodeContext context) {
        if (!node.hasInput(input)) {
            return "None";
        }
        GraphTensor bound = context.constant(node.input(input));
        return bound.type().isFloatingPoint() ? ScriptText.number(bound.floats()[0]) : String.valueOf(bound.longs()[0]);
    }

    private static String tensor(GraphNode node, int input, ScriptEmitter out) {
        return node.hasInput(input) ? "torch.reshape(" + out.value(node.input(input)) + ", [])" : "None";
    }
}

package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** The upper or lower triangle of the last two axes, from the k-th diagonal on; zeros elsewhere. */
final class Trilu implements Operator {

    @Override
    public String type() {
        return "Trilu";
    }

    @Override
    public int since() {
        return 14;
    }

    @Override
    public String limits() {
        return "constant k";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        Shapes.requireRank("X", x, 2, Integer.MAX_VALUE);
        diagonal(node, context);
        return List.of(x);
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String function = node.attributes().getInt("upper", 1) != 0 ? "torch.triu(" : "torch.tril(";
        out.assign(node.output(0), function + out.value(node.input(0)) + ", " + diagonal(node, out) + ")");
    }

    private static long diagonal(GraphNode node, NodeContext context) {
        return node.hasInput(1) ? Integers.numbers(node, context, 1, "k").get(0) : 0;
    }
}

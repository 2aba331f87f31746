package io.reflux.model.operator.indexing;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;
import java.util.Map;

/** Data with single elements replaced, or joined by a reduction: an index stands for its own place along one axis. */
final class ScatterElements implements Operator {

    private static final Map<String, String> REDUCTIONS =
            Map.of("add", "sum", "mul", "prod", "max", "amax", "min", "amin");

    @Override
    public String type() {
        return "ScatterElements";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        String reduction = reduction(node);
        boolean known = reduction.equals("none") || REDUCTIONS.containsKey(reduction);
        return new Problems(node, 3, 3)
                .oneOutput()
                .expect(known, "reduction", reduction, "none, add, mul, max or min")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> data = context.shape(node.input(0));
        Shapes.requireRank("indices", context.shape(node.input(1)), data.size(), data.size());
        return List.of(data);
    }

    @Override
    public InputUse use(int input) {
        return input == 1 ? InputUse.SETTING : InputUse.CONTENT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        int rank = out.shape(node.input(0)).size();
        int axis = Shapes.axis(node.attributes().getInt("axis", 0), rank, rank);
        String arguments = "(" + out.value(node.input(0)) + ", " + axis + ", " + Indices.fromFront(node, out, 1, axis)
                + ", " + out.value(node.input(2));
        String reduction = REDUCTIONS.get(reduction(node));
        out.assign(
                node.output(0),
                reduction == null
                        ? "torch.scatter" + arguments + ")"
                        : "torch.scatter_reduce" + arguments + ", \"" + reduction + "\")");
    }

    private static String reduction(GraphNode node) {
        return node.attributes().getString("reduction", "none");
    }
}

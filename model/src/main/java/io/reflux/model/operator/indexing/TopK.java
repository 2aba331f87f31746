package io.reflux.model.operator.indexing;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import java.util.ArrayList;
import java.util.List;

/** The k largest or smallest elements along an axis, in order, and their places. */
final class TopK implements Operator {

    @Override
    public String type() {
        return "TopK";
    }

    @Override
    public String limits() {
        return "k known from sizes and constants; of equal elements any";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> y = new ArrayList<>(context.shape(node.input(0)));
        int axis = axis(node, context);
        long k = k(node, context).dimension();
        if (k != Shapes.FREE && y.get(axis) != Shapes.FREE && k > y.get(axis)) {
            throw Shapes.mismatch("k " + k + " of X " + y, "at most " + y.get(axis));
        }
        y.set(axis, k);
        return List.of(List.copyOf(y), List.copyOf(y));
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(context.type(node.input(0)), ElementType.INT64);
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String values = out.temporary();
        String places = out.temporary();
        out.line(values + ", " + places + " = torch.topk(" + out.value(node.input(0)) + ", " + out.integer(k(node, out))
                + ", " + axis(node, out) + ", "
                + ScriptText.bool(node.attributes().getInt("largest", 1) != 0) + ", True)");
        out.assign(node.output(0), values);
        if (!node.output(1).isEmpty()) {
            out.assign(node.output(1), places);
        }
    }

    private static SymbolicInt k(GraphNode node, NodeContext context) {
        return Integers.known(node, context, 1, "k").elements().get(0);
    }

    private static int axis(GraphNode node, NodeContext context) {
        int rank = context.shape(node.input(0)).size();
        return Shapes.axis(node.attributes().getInt("axis", -1), rank, rank);
    }
}

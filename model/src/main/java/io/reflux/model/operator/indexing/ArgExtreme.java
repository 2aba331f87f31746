package io.reflux.model.operator.indexing;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.List;

/**
 * The place of the largest or smallest element along an axis; of equal ones the first, or the last with
 * {@code select_last_index}.
 *
 * @param type ArgMax or ArgMin
 * @param function TorchScript function of the tensor, the axis and whether the axis stays
 */
record ArgExtreme(String type, String function) implements Operator {

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> y = new ArrayList<>(context.shape(node.input(0)));
        int axis = axis(node, context);
        if (keeps(node)) {
            y.set(axis, 1L);
        } else {
            y.remove(axis);
        }
        return List.of(List.copyOf(y));
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(ElementType.INT64);
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        int axis = axis(node, out);
        String x = out.value(node.input(0));
        boolean last = node.attributes().getInt("select_last_index", 0) != 0;
        String arguments = ", " + axis + ", " + ScriptText.bool(keeps(node)) + ")";
        if (last) {
            // The last of equal ones is the first from behind.
            String size = out.integer(out.size(node.input(0), axis));
            out.assign(
                    node.output(0),
                    "torch.rsub(" + function + "(torch.flip(" + x + ", [" + axis + "])" + arguments + ", " + size
                            + " - 1)");
        } else {
            out.assign(node.output(0), function + "(" + x + arguments);
        }
    }

    private static boolean keeps(GraphNode node) {
        return node.attributes().getInt("keepdims", 1) != 0;
    }

    private static int axis(GraphNode node, NodeContext context) {
        int rank = context.shape(node.input(0)).size();
        return Shapes.axis(node.attributes().getInt("axis", 0), rank, rank);
    }
}

package io.reflux.model.operator.reduction;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Running sums along an axis; {@code exclusive} leaves the element itself out, {@code reverse} runs from the end.
 */
final class CumSum implements Operator {

    @Override
    public String type() {
        return "CumSum";
    }

    @Override
    public String limits() {
        return "constant axis";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        axis(node, context);
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        int axis = axis(node, out);
        boolean reverse = node.attributes().getInt("reverse", 0) != 0;
        String flipped = ", [" + axis + "])";
        String x = out.value(node.input(0));
        String sums = "torch.cumsum(" + (reverse ? "torch.flip(" + x + flipped : x) + ", " + axis + ", dtype="
                + ScriptText.type(out.type(node.input(0))) + ")";
        if (node.attributes().getInt("exclusive", 0) != 0) {
            // One place further, a zero in front.
            List<Long> pads = new ArrayList<>(
                    Collections.nCopies(2 * (out.shape(node.input(0)).size() - axis), 0L));
            pads.set(pads.size() - 2, 1L);
            pads.set(pads.size() - 1, -1L);
            sums = "torch.constant_pad_nd(" + sums + ", " + ScriptText.ints(pads) + ", 0)";
        }
        out.assign(node.output(0), reverse ? "torch.flip(" + sums + flipped : sums);
    }

    private static int axis(GraphNode node, NodeContext context) {
        int rank = context.shape(node.input(0)).size();
        return Shapes.axis(Integers.numbers(node, context, 1, "axis").get(0), rank, rank);
    }
}

package io.reflux.model.operator.layout;

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
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Elements added before and behind axes, or cut off where the count is negative: of one value, or mirrored without the
 * edge (reflect), or the edge again (edge), or from the other end (wrap).
 */
final class Pad implements Operator {

    private static final Set<String> MODES = Set.of("constant", "edge", "reflect", "wrap");

    @Override
    public String type() {
        return "Pad";
    }

    @Override
    public String limits() {
        return "constant pads, axes and value; but for mode constant, padded axes of known size";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        String mode = mode(node);
        return new Problems(node, 2, 4)
                .oneOutput()
                .expect(MODES.contains(mode), "mode", mode, "constant, edge, reflect or wrap")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> y = new ArrayList<>(context.shape(node.input(0)));
        long[][] pads = pads(node, context);
        for (int axis = 0; axis < y.size(); axis++) {
            long added = pads[0][axis] + pads[1][axis];
            if (y.get(axis) == Shapes.FREE && added != 0 && !mode(node).equals("constant")) {
                throw Shapes.mismatch("X " + y + " padded along axis " + axis, "an axis of known size");
            }
            y.set(axis, y.get(axis) == Shapes.FREE ? Shapes.FREE : y.get(axis) + added);
            if (y.get(axis) < -1) {
                throw Shapes.mismatch("pads of axis " + axis, "no more cut off than there is");
            }
        }
        value(node, context);
        return List.of(List.copyOf(y));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        long[][] pads = pads(node, out);
        String y = out.value(node.input(0));
        if (mode(node).equals("constant")) {
            List<Long> reversed = new ArrayList<>();
            for (int axis = pads[0].length - 1; axis >= 0; axis--) {
                reversed.add(pads[0][axis]);
                reversed.add(pads[1][axis]);
            }
            out.assign(
                    node.output(0),
                    "torch.constant_pad_nd(" + y + ", " + ScriptText.ints(reversed) + ", " + value(node, out) + ")");
            return;
        }
        for (int axis = 0; axis < pads[0].length; axis++) {
            if (pads[0][axis] != 0 || pads[1][axis] != 0) {
                List<Long> places = places(node, out.shape(node.input(0)).get(axis), pads[0][axis], pads[1][axis]);
                y = "torch.index_select(" + y + ", " + axis + ", torch.tensor(" + ScriptText.ints(places)
                        + ", dtype=4, device=" + out.device() + "))";
            }
        }
        out.assign(node.output(0), y);
    }

    /** Which element of an axis stands at each place after padding. */
    private static List<Long> places(GraphNode node, long size, long before, long behind) {
        return LongStream.range(-before, size + behind)
                .map(place -> switch (mode(node)) {
                    case "edge" -> Math.max(0, Math.min(size - 1, place));
                    case "wrap" -> Math.floorMod(place, size);
                    default -> mirrored(place, size);
                })
                .boxed()
                .toList();
    }

    private static long mirrored(long place, long size) {
        long period = Math.max(1, 2 * (size - 1));
        long inPeriod = Math.floorMod(place, period);
        return Math.min(inPeriod, period - inPeriod) % size;
    }

    /** Padding before and behind each axis of X. */
    private static long[][] pads(GraphNode node, NodeContext context) {
        int rank = context.shape(node.input(0)).size();
        List<Long> given = Integers.numbers(node, context, 1, "pads");
        List<Integer> axes = Moved.axes(node, context, 3, rank, Moved.allAxes(rank));
        if (given.size() != 2 * axes.size()) {
            throw Shapes.mismatch("pads " + given, "two for each of " + axes.size() + " axes");
        }
        long[][] pads = new long[2][rank];
        for (int i = 0; i < axes.size(); i++) {
            pads[0][axes.get(i)] = given.get(i);
            pads[1][axes.get(i)] = given.get(i + axes.size());
        }
        return pads;
    }

    private static String value(GraphNode node, NodeContext context) {
        return node.hasInput(2) ? ScriptText.number(context.constant(node.input(2))) : "0";
    }

    private static String mode(GraphNode node) {
        return node.attributes().getString("mode", "constant");
    }
}

package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Elements from {@code starts} to before {@code ends} along some axes, in {@code steps} that may be negative. Negative
 * places count from the end; what lies outside is clamped.
 */
final class Slice implements Operator {

    @Override
    public String type() {
        return "Slice";
    }

    @Override
    public String limits() {
        return "starts and ends known from sizes and constants; constant axes and steps";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 3, 5).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> y = new ArrayList<>(context.shape(node.input(0)));
        for (Cut cut : cuts(node, context)) {
            y.set(cut.axis(), cut.length(context.size(node.input(0), cut.axis())));
        }
        return List.of(List.copyOf(y));
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        return context.integers(node.input(0))
                .filter(known -> known.shape().size() == 1)
                .flatMap(known -> cut(known, cuts(node, context)));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String y = out.value(node.input(0));
        for (Cut cut : cuts(node, out)) {
            SymbolicInt size = out.size(node.input(0), cut.axis());
            if (cut.step() < 0) {
                // libtorch takes no negative steps: what they select is a forward cut, turned round.
                y = "torch.flip(" + slice(y, cut.turned(size.dimension()), out) + ", [" + cut.axis() + "])";
            } else if (!cut.keepsAll(size)) {
                y = slice(y, cut, out);
            }
        }
        out.assign(node.output(0), y);
    }

    private static String slice(String x, Cut cut, ScriptEmitter out) {
        return "torch.slice(" + x + ", " + cut.axis() + ", " + out.integer(cut.start()) + ", " + out.integer(cut.end())
                + ", " + cut.step() + ")";
    }

    private static Optional<SymbolicInts> cut(SymbolicInts known, List<Cut> cuts) {
        List<SymbolicInt> elements = known.elements();
        for (Cut cut : cuts) {
            if (!(cut.start() instanceof SymbolicInt.Literal) || !(cut.end() instanceof SymbolicInt.Literal)) {
                return Optional.empty();
            }
            List<SymbolicInt> all = elements;
            elements = cut.indices(all.size()).stream()
                    .map(i -> all.get((int) (long) i))
                    .toList();
        }
        return Optional.of(SymbolicInts.vector(elements));
    }

    private static List<Cut> cuts(GraphNode node, NodeContext context) {
        List<SymbolicInt> starts = Integers.known(node, context, 1, "starts").elements();
        List<SymbolicInt> ends = Integers.known(node, context, 2, "ends").elements();
        int rank = context.shape(node.input(0)).size();
        List<Integer> axes = Moved.axes(node, context, 3, rank, Moved.allAxes(starts.size()));
        List<Long> steps =
                node.hasInput(4) ? Integers.numbers(node, context, 4, "steps") : Collections.nCopies(starts.size(), 1L);
        if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size()) {
            throw Shapes.mismatch(
                    "starts, ends, axes, steps: " + starts.size() + ", " + ends.size() + ", " + axes.size() + ", "
                            + steps.size(),
                    "as many of each");
        }
        List<Cut> cuts = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            cuts.add(new Cut(axes.get(i), starts.get(i), ends.get(i), steps.get(i)));
        }
        return cuts;
    }
}

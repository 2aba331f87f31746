package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** What operators have in common that only give elements another place. */
final class Moved {

    private Moved() {}

    /** The integers of the first input under the output's shape. */
    static Optional<SymbolicInts> reshaped(GraphNode node, NodeContext context, List<Long> shape) {
        return context.integers(node.input(0))
                .filter(known -> !shape.contains(Shapes.FREE))
                .map(known -> known.reshaped(shape));
    }

    /** The output's sizes as a script expression; a single one that is no number is left to libtorch. */
    static String outputSizes(GraphNode node, ScriptEmitter out) {
        List<SymbolicInt> sizes = sizes(node.output(0), out);
        long open = sizes.stream().filter(size -> size.dimension() < 0).count();
        return open > 1 || sizes.stream().anyMatch(size -> size.is(0))
                ? out.integers(sizes)
                : ScriptText.ints(sizes.stream().map(SymbolicInt::dimension).toList());
    }

    static List<SymbolicInt> sizes(String value, NodeContext context) {
        return IntStream.range(0, context.shape(value).size())
                .mapToObj(axis -> context.size(value, axis))
                .toList();
    }

    /** Axes from an input or, where it is absent, a default; each counted from the front. */
    static List<Integer> axes(GraphNode node, NodeContext context, int input, int rank, List<Integer> absent) {
        if (!node.hasInput(input)) {
            return absent;
        }
        List<Integer> axes = new ArrayList<>();
        for (long axis : Integers.numbers(node, context, input, "axes")) {
            axes.add(Shapes.axis(axis, rank, rank));
        }
        if (Set.copyOf(axes).size() < axes.size()) {
            throw Shapes.mismatch("axes " + axes, "each once");
        }
        return axes;
    }

    static List<Integer> allAxes(int rank) {
        return IntStream.range(0, rank).boxed().toList();
    }
}

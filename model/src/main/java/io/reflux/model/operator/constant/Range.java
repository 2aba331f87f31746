package io.reflux.model.operator.constant;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** The numbers from {@code start} to before {@code limit} in steps of {@code delta}. */
final class Range implements Operator {

    @Override
    public String type() {
        return "Range";
    }

    @Override
    public String limits() {
        return "integers known from shapes and constants, or constants";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 3, 3).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        if (context.type(node.input(0)).isFloatingPoint()) {
            double start = real(node, context, 0);
            double size = Math.ceil((real(node, context, 1) - start) / real(node, context, 2));
            return List.of(List.of((long) Math.max(0, size)));
        }
        SymbolicInt start = at(node, context, 0);
        SymbolicInt limit = at(node, context, 1);
        SymbolicInt delta = at(node, context, 2);
        if (delta.is(0)) {
            throw Shapes.mismatch("delta 0", "not 0");
        }
        boolean known = start.dimension() != Shapes.FREE || start.is(-1);
        known &= (limit.dimension() != Shapes.FREE || limit.is(-1))
                && (delta.dimension() != Shapes.FREE || delta.is(-1));
        return List.of(List.of(known ? count(start.dimension(), limit.dimension(), delta.dimension()) : Shapes.FREE));
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        if (context.type(node.input(0)).isFloatingPoint()) {
            return Optional.empty();
        }
        long size = outputShapes(node, context).get(0).get(0);
        if (size == Shapes.FREE || size > SymbolicInts.MAX_ELEMENTS) {
            return Optional.empty();
        }
        long start = at(node, context, 0).dimension();
        long delta = at(node, context, 2).dimension();
        return Optional.of(SymbolicInts.vector(LongStream.range(0, size)
                .mapToObj(i -> SymbolicInt.of(start + i * delta))
                .toList()));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        List<String> ends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ends.add(
                    out.type(node.input(i)).isFloatingPoint()
                            ? ScriptText.number((float) real(node, out, i))
                            : out.integer(at(node, out, i)));
        }
        out.assign(
                node.output(0),
                "torch.arange(" + String.join(", ", ends) + ", dtype=" + ScriptText.type(out.type(node.input(0)))
                        + ", device=" + out.device() + ")");
    }

    private static long count(long start, long limit, long delta) {
        return Math.max(0, -Math.floorDiv(start - limit, delta));
    }

    private static SymbolicInt at(GraphNode node, NodeContext context, int input) {
        return Integers.known(
                        node, context, input, List.of("start", "limit", "delta").get(input))
                .elements()
                .get(0);
    }

    private static double real(GraphNode node, NodeContext context, int input) {
        return context.constant(node.input(input)).floats()[0];
    }
}

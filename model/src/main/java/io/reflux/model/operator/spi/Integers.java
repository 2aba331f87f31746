package io.reflux.model.operator.spi;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.model.operator.spi.SymbolicInt.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Integers of a node's output, worked out from those of its inputs. */
public final class Integers {

    private Integers() {}

    /** The inputs of a node joined from left to right, stretched to each other; for arithmetic. */
    public static Optional<SymbolicInts> fold(GraphNode node, NodeContext context, Operation operation) {
        return zip(
                node,
                context,
                values -> values.stream()
                        .map(Optional::of)
                        .reduce((a, b) -> a.flatMap(x -> b.flatMap(y -> SymbolicInt.of(operation, x, y))))
                        .orElseThrow());
    }

    /** A function of the inputs' elements, stretched to each other; empty if any of them is not known. */
    public static Optional<SymbolicInts> zip(
            GraphNode node, NodeContext context, Function<List<SymbolicInt>, Optional<SymbolicInt>> function) {
        List<SymbolicInts> operands = new ArrayList<>();
        for (String input : node.inputs()) {
            Optional<SymbolicInts> known = context.integers(input);
            if (known.isEmpty()) {
                return Optional.empty();
            }
            operands.add(known.get());
        }
        return SymbolicInts.zip(operands, function);
    }

    /**
     * The integers of an input that must be known, at least as expressions over sizes.
     *
     * @param what the input's name in ONNX's text, for the message
     * @throws ModelException if they depend on data
     */
    public static SymbolicInts known(GraphNode node, NodeContext context, int input, String what) {
        return context.integers(node.input(input))
                .orElseThrow(() -> computed(what, node.input(input), "known from shapes and constants"));
    }

    /**
     * The integers of an input that must be numbers.
     *
     * @throws ModelException if they depend on data or on free sizes
     */
    public static List<Long> numbers(GraphNode node, NodeContext context, int input, String what) {
        SymbolicInts known = known(node, context, input, what);
        if (!known.isConstant()) {
            throw computed(what, node.input(input), "constant numbers");
        }
        return known.dimensions();
    }

    private static ModelException computed(String what, String value, String expected) {
        return new ModelException(
                ModelException.Code.UNSUPPORTED, what + ": " + value + " is computed (expected: " + expected + ")");
    }
}

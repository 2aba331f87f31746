package io.reflux.model.operator.spi;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * A tensor of integers or booleans (0 and 1) that is known before the graph runs, element by element.
 *
 * @param shape known in full
 * @param elements row-major, as many as the shape's product; at most {@link #MAX_ELEMENTS}
 */
public record SymbolicInts(List<Long> shape, List<SymbolicInt> elements) {

    /** Larger tensors are data, not shape arithmetic; they are left to the graph or to constant folding. */
    public static final int MAX_ELEMENTS = 4096;

    public SymbolicInts {
        shape = List.copyOf(shape);
        elements = List.copyOf(elements);
        if (shape.contains(Shapes.FREE) || Shapes.knownProduct(shape) != elements.size()) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    elements.size() + " elements (expected: as many as shape " + shape + " says)");
        }
    }

    public static SymbolicInts scalar(SymbolicInt value) {
        return new SymbolicInts(List.of(), List.of(value));
    }

    public static SymbolicInts vector(List<SymbolicInt> values) {
        return new SymbolicInts(List.of((long) values.size()), values);
    }

    /** The integers of a constant; empty for real numbers and for more than {@link #MAX_ELEMENTS}. */
    public static Optional<SymbolicInts> of(GraphTensor tensor) {
        if (tensor.type().isFloatingPoint() || tensor.size() > MAX_ELEMENTS) {
            return Optional.empty();
        }
        List<SymbolicInt> elements =
                Arrays.stream(tensor.longs()).mapToObj(SymbolicInt::of).toList();
        return Optional.of(new SymbolicInts(Shapes.of(tensor), elements));
    }

    /** Whether every element is a number. */
    public boolean isConstant() {
        return elements.stream().allMatch(SymbolicInt.Literal.class::isInstance);
    }

    /** Each element as a dimension: the number, or -1 where it is known only when the graph runs. */
    public List<Long> dimensions() {
        return elements.stream().map(SymbolicInt::dimension).toList();
    }

    /**
     * As a constant of INT64, INT32 or BOOL.
     *
     * @throws ModelException if {@link #isConstant} is false
     */
    public GraphTensor constant(String name, ElementType type) {
        if (!isConstant()) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED, name + ": depends on free sizes (expected: a constant)");
        }
        long[] values = dimensions().stream().mapToLong(Long::longValue).toArray();
        return GraphTensor.of(
                name, type, shape.stream().mapToLong(Long::longValue).toArray(), values);
    }

    /** The same elements under another shape of the same size. */
    public SymbolicInts reshaped(List<Long> newShape) {
        return new SymbolicInts(newShape, elements);
    }

    /** Each element mapped; empty if one of the results is. */
    public Optional<SymbolicInts> map(Function<SymbolicInt, Optional<SymbolicInt>> function) {
        List<SymbolicInt> results = new ArrayList<>();
        for (SymbolicInt element : elements) {
            Optional<SymbolicInt> result = function.apply(element);
            if (result.isEmpty()) {
                return Optional.empty();
            }
            results.add(result.get());
        }
        return Optional.of(new SymbolicInts(shape, results));
    }

    /** The element at a place given by one index for each axis of a shape that this one is stretched to. */
    public SymbolicInt at(List<Long> index) {
        int offset = 0;
        int skipped = index.size() - shape.size();
        for (int i = 0; i < shape.size(); i++) {
            long size = shape.get(i);
            offset = Math.toIntExact(offset * size + (size == 1 ? 0 : index.get(i + skipped)));
        }
        return elements.get(offset);
    }

    /** Some tensors, stretched to each other, under a function of their elements; empty if one of the results is. */
    public static Optional<SymbolicInts> zip(
            List<SymbolicInts> operands, Function<List<SymbolicInt>, Optional<SymbolicInt>> function) {
        BinaryOperator<List<Long>> stretch = Shapes::broadcast;
        List<Long> shape = operands.stream().map(SymbolicInts::shape).reduce(List.of(), stretch);
        long size = Shapes.knownProduct(shape);
        if (size > MAX_ELEMENTS) {
            return Optional.empty();
        }
        List<SymbolicInt> results = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            List<Long> index = Shapes.index(shape, i);
            Optional<SymbolicInt> result =
                    function.apply(operands.stream().map(o -> o.at(index)).toList());
            if (result.isEmpty()) {
                return Optional.empty();
            }
            results.add(result.get());
        }
        return Optional.of(new SymbolicInts(shape, results));
    }
}

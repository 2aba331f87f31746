package io.reflux.model.operator.layout;

import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import java.util.ArrayList;
import java.util.List;

/**
 * One axis of a Slice.
 *
 * @param start first place; negative numbers count from the end
 * @param end the place before which it ends
 * @param step not 0
 */
record Cut(int axis, SymbolicInt start, SymbolicInt end, long step) {

    Cut {
        if (step == 0) {
            throw Shapes.mismatch("step 0", "not 0");
        }
    }

    /** How many places are selected of so many; -1 where it cannot be told. */
    long length(SymbolicInt size) {
        if (size instanceof SymbolicInt.Literal known && literal(start) && literal(end)) {
            return indices(known.value()).size();
        }
        return keepsAll(size) ? size.dimension() : Shapes.FREE;
    }

    /** Whether nothing is cut off, whatever the size turns out to be. */
    boolean keepsAll(SymbolicInt size) {
        boolean toTheEnd = end.equals(size) || (literal(end) && end.dimension() >= Integer.MAX_VALUE);
        return step == 1 && start.is(0) && toTheEnd;
    }

    /** The places selected of so many, in order; start and end must be numbers. */
    List<Long> indices(long size) {
        long first = from(number(start), size);
        long last = from(number(end), size);
        List<Long> indices = new ArrayList<>();
        if (step > 0) {
            for (long i = clamp(first, 0, size); i < clamp(last, 0, size); i += step) {
                indices.add(i);
            }
        } else {
            for (long i = clamp(first, Math.min(0, size - 1), size - 1); i > clamp(last, -1, size - 1); i += step) {
                indices.add(i);
            }
        }
        return indices;
    }

    /**
     * The cut with a positive step that selects the same places in the other order.
     *
     * @param size of the axis; must be known, as start and end must
     */
    Cut turned(long size) {
        if (size == Shapes.FREE || !literal(start) || !literal(end)) {
            throw Shapes.mismatch("step " + step + " over a free axis", "an axis of known size");
        }
        List<Long> indices = indices(size);
        if (indices.isEmpty()) {
            return new Cut(axis, SymbolicInt.of(0), SymbolicInt.of(0), 1);
        }
        return new Cut(
                axis, SymbolicInt.of(indices.get(indices.size() - 1)), SymbolicInt.of(indices.get(0) + 1), -step);
    }

    private static boolean literal(SymbolicInt value) {
        return value instanceof SymbolicInt.Literal;
    }

    private static long number(SymbolicInt value) {
        return ((SymbolicInt.Literal) value).value();
    }

    private static long from(long place, long size) {
        return place < 0 ? Math.max(place, -size - 1) + size : place;
    }

    private static long clamp(long value, long least, long most) {
        return Math.max(least, Math.min(most, value));
    }
}

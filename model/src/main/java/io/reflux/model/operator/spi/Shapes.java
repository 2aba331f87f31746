package io.reflux.model.operator.spi;

import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Arithmetic on shapes in which -1 is a free dimension. */
public final class Shapes {

    public static final long FREE = -1;

    private Shapes() {}

    /** The shape of a tensor that is known. */
    public static List<Long> of(GraphTensor tensor) {
        return Arrays.stream(tensor.shape()).boxed().toList();
    }

    /** The product of all dimensions, or -1 if one of them is free (and none is 0). */
    public static long product(List<Long> dimensions) {
        return dimensions.contains(FREE) ? FREE : knownProduct(dimensions);
    }

    /** The product of the dimensions that are not free: elements of one sample. */
    public static long knownProduct(List<Long> dimensions) {
        long product = 1;
        for (long dimension : dimensions) {
            if (dimension != FREE) {
                try {
                    product = Math.multiplyExact(product, dimension);
                } catch (ArithmeticException e) {
                    throw new ModelException(
                            ModelException.Code.SHAPE_MISMATCH,
                            "shape " + dimensions + ": too many elements (expected: less than 2^63)",
                            e);
                }
            }
        }
        return product;
    }

    /** Exact product of two counts, neither of them free. */
    public static long times(long a, long b) {
        return knownProduct(List.of(a, b));
    }

    /** Whether two dimensions can be the same number. */
    public static boolean agree(long a, long b) {
        return a == b || a == FREE || b == FREE;
    }

    /** Two shapes stretched to each other as NumPy and ONNX do: aligned at the end, 1 fits everything. */
    public static List<Long> broadcast(List<Long> a, List<Long> b) {
        int rank = Math.max(a.size(), b.size());
        List<Long> result = new ArrayList<>(rank);
        for (int i = 0; i < rank; i++) {
            long da = i < rank - a.size() ? 1 : a.get(i - rank + a.size());
            long db = i < rank - b.size() ? 1 : b.get(i - rank + b.size());
            if (da == 1) {
                result.add(db);
            } else if (db == 1 || da == db) {
                result.add(da);
            } else if (da == FREE || db == FREE) {
                // What is free must turn out to fit the number beside it.
                result.add(Math.max(da, db));
            } else {
                throw mismatch("shapes " + a + " and " + b, "equal dimensions, or 1, aligned at the end");
            }
        }
        return List.copyOf(result);
    }

    /** The place of an element, one index for each axis, from its row-major number. */
    public static List<Long> index(List<Long> shape, long element) {
        Long[] index = new Long[shape.size()];
        long rest = element;
        for (int i = index.length - 1; i >= 0; i--) {
            index[i] = rest % shape.get(i);
            rest /= shape.get(i);
        }
        return List.of(index);
    }

    /**
     * An axis counted from the front.
     *
     * @param axis from the front, or from the end if negative
     * @param limit what it must be less than
     */
    public static int axis(long axis, int rank, int limit) {
        if (axis < -rank || axis >= limit) {
            throw mismatch("axis " + axis, -rank + " to " + (limit - 1) + " for rank " + rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    public static void requireRank(String what, List<Long> shape, int least, int most) {
        if (shape.size() < least || shape.size() > most) {
            String ranks = least == most
                    ? "rank " + least
                    : most == Integer.MAX_VALUE ? "rank >= " + least : "rank " + least + " to " + most;
            throw mismatch(what + " " + shape, ranks);
        }
    }

    public static ModelException mismatch(String found, String expected) {
        return new ModelException(ModelException.Code.SHAPE_MISMATCH, found + " (expected: " + expected + ")");
    }
}

package io.reflux.model.graph;

import java.util.Collections;
import java.util.List;

/**
 * The name, element type and shape of a graph's input or output.
 *
 * @param shape dimensions; -1 = free, as the batch is. Empty for a scalar, and for an output whose file states no
 *     shape (shape inference knows it)
 * @param dimensionNames the file's name of each dimension, such as {@code batch}; "" = none. A free dimension is the
 *     same size wherever it has the same name
 */
public record ValueInfo(String name, ElementType type, List<Long> shape, List<String> dimensionNames) {

    /** With dimensions that have no names. */
    public ValueInfo(String name, ElementType type, List<Long> shape) {
        this(name, type, shape, Collections.nCopies(shape.size(), ""));
    }

    public ValueInfo {
        shape = List.copyOf(shape);
        dimensionNames = List.copyOf(dimensionNames);
        if (name.isEmpty()) {
            throw new ModelException(ModelException.Code.INVALID_ARGUMENT, "name: empty (expected: a value's name)");
        }
        for (long dimension : shape) {
            if (dimension < 1 && dimension != -1) {
                throw new ModelException(
                        ModelException.Code.MALFORMED,
                        name + ": shape " + shape + " (expected: dimensions >= 1, or -1 for a free one)");
            }
        }
        GraphTensor.byteSize(
                name, type, shape.stream().mapToLong(d -> d == -1 ? 1 : d).toArray());
    }
}

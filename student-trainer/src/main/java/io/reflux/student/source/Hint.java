package io.reflux.student.source;

import java.util.List;

/**
 * A hidden layer of the teacher that comes with its logits.
 *
 * @param name name of the teacher's output
 * @param shape shape of one sample's, without the batch; all dimensions above 0
 */
public record Hint(String name, List<Integer> shape) {
    /** Copies the list. */
    public Hint {
        shape = List.copyOf(shape);
    }

    /** Returns the numbers of a sample. */
    public int elements() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Returns the rows that are encoded one by one: the first of several dimensions, or 1. */
    public int rows() {
        return shape.size() < 2 ? 1 : shape.get(0);
    }

    /** Returns the numbers of a row. */
    public int width() {
        return elements() / rows();
    }
}

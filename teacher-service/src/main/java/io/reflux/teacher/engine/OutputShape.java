package io.reflux.teacher.engine;

import io.reflux.model.runtime.ModelOutput;
import java.util.ArrayList;
import java.util.List;

/**
 * What an output gives for a sample: R rows of W numbers, where R is the first of several dimensions, or 1.
 *
 * @param name what students call it
 * @param shape dimensions without the batch, all &gt; 0; none for one number a sample
 */
public record OutputShape(String name, List<Integer> shape) {

    public OutputShape {
        shape = List.copyOf(shape);
    }

    /** Rows of logits. */
    static OutputShape logits(String name, int positions, int classes) {
        return new OutputShape(name, positions == 1 ? List.of(classes) : List.of(positions, classes));
    }

    static OutputShape of(ModelOutput output) {
        return new OutputShape(
                output.name(), output.shape().stream().map(Math::toIntExact).toList());
    }

    /** Rows of a sample, R. */
    public int rows() {
        return shape.size() < 2 ? 1 : shape.get(0);
    }

    /** Numbers of a row, W. */
    public int width() {
        return elements() / rows();
    }

    /** Numbers of a sample, R x W. */
    public int elements() {
        int elements = 1;
        for (int dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        return elements;
    }

    /** Shape of a sample of which {@code wanted} rows are sent. */
    public List<Integer> shapeOf(int wanted) {
        if (shape.size() < 2 || wanted == rows()) {
            return shape;
        }
        List<Integer> cut = new ArrayList<>(shape);
        cut.set(0, wanted);
        return List.copyOf(cut);
    }
}

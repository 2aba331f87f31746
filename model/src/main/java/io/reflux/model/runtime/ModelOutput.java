package io.reflux.model.runtime;

import io.reflux.model.graph.ModelException;
import java.util.List;

/**
 * One of the things that a model gives for each sample: its logits, or a hint, as a hidden layer is called that a student
 * is to match (Romero et al. 2015, arXiv:1412.6550).
 *
 * @param name name in the model
 * @param shape shape of one sample's, without the batch: {@code [10]}, {@code [16, 14, 14]}; empty for one number a
 *     sample. Every dimension &gt; 0
 */
public record ModelOutput(String name, List<Long> shape) {

    public ModelOutput {
        shape = List.copyOf(shape);
        if (shape.stream().anyMatch(dimension -> dimension < 1)) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    "output " + name + ": " + shape + " for a sample (expected: dimensions >= 1)");
        }
    }

    /** Numbers of one sample. */
    public int elements() {
        return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    }
}

package io.reflux.model.runtime;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import java.util.List;

/**
 * The one input of a classifier: float samples of one shape, any number at a time.
 *
 * @param name name of the input in the model
 * @param sampleShape shape of one sample, without the batch; every dimension &gt; 0
 */
public record SampleInput(String name, List<Long> sampleShape) {

    public SampleInput {
        sampleShape = List.copyOf(sampleShape);
        if (sampleShape.isEmpty() || sampleShape.stream().anyMatch(dimension -> dimension < 1)) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    "input " + name + ": samples of shape " + sampleShape + " (expected: dimensions >= 1)");
        }
    }

    /**
     * Reads the input off a graph.
     *
     * @throws ModelException if the graph has another number of inputs, or not FLOAT[batch, ...] of fixed samples
     */
    public static SampleInput of(ModelGraph graph) {
        if (graph.inputs().size() != 1) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH, graph.inputs().size() + " inputs (expected: 1)");
        }
        ValueInfo input = graph.inputs().get(0);
        List<Long> shape = input.shape();
        if (input.type() != ElementType.FLOAT
                || shape.size() < 2
                || shape.subList(1, shape.size()).contains(-1L)) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    "input " + input.name() + ": " + input.type() + shape
                            + " (expected: FLOAT[batch, ...] with all but the batch fixed)");
        }
        return new SampleInput(input.name(), shape.subList(1, shape.size()));
    }

    /** Elements of one sample. */
    public int elements() {
        return Math.toIntExact(sampleShape.stream().reduce(1L, Math::multiplyExact));
    }

    /** Shape of a batch of this many samples. */
    public long[] batchShape(int rows) {
        long[] shape = new long[sampleShape.size() + 1];
        shape[0] = rows;
        for (int i = 0; i < sampleShape.size(); i++) {
            shape[i + 1] = sampleShape.get(i);
        }
        return shape;
    }

    /**
     * Checks the length of a batch.
     *
     * @throws ModelException if it is not {@code rows} samples
     */
    public void requireBatch(float[] inputs, int rows) {
        if (rows < 0 || inputs.length != (long) rows * elements()) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    "inputs: " + inputs.length + " elements for " + rows + " samples (expected: " + elements()
                            + " a sample, shape " + sampleShape + ")");
        }
    }
}

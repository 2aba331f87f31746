package io.reflux.model.runtime;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.script.BatchMemory;
import java.util.List;

/**
 * The one input of a classifier: samples of one shape, any number at a time.
 *
 * @param name name of the input in the model
 * @param type FLOAT, or INT64 for tokens
 * @param sampleShape shape of one sample, without the batch; every dimension &gt; 0
 */
public record SampleInput(String name, ElementType type, List<Long> sampleShape) {

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
     * @throws ModelException if the graph has another number of inputs, or not FLOAT or INT64[batch, ...] of fixed samples
     */
    public static SampleInput of(ModelGraph graph) {
        if (graph.inputs().size() != 1) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH, graph.inputs().size() + " inputs (expected: 1)");
        }
        ValueInfo input = graph.inputs().get(0);
        List<Long> shape = input.shape();
        if (input.type() != ElementType.FLOAT && input.type() != ElementType.INT64
                || shape.size() < 2
                || shape.subList(1, shape.size()).contains(-1L)) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    "input " + input.name() + ": " + input.type() + shape
                            + " (expected: FLOAT or INT64[batch, ...] with all but the batch fixed)");
        }
        return new SampleInput(input.name(), input.type(), shape.subList(1, shape.size()));
    }

    /** Elements of one sample. */
    public int elements() {
        return Math.toIntExact(sampleShape.stream().reduce(1L, Math::multiplyExact));
    }

    /** A batch as an array of libtorch over this memory, which the manager closes. */
    public NDArray array(NDManager manager, BatchMemory memory, Inputs inputs, int rows) {
        Shape shape = new Shape(batchShape(rows));
        return inputs instanceof Inputs.Samples samples
                ? memory.array(manager, samples.values(), shape)
                : memory.array(manager, ((Inputs.Tokens) inputs).ids(), shape);
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
     * Checks the type and length of a batch.
     *
     * @throws ModelException if it is not {@code rows} samples of this type
     */
    public void requireBatch(Inputs inputs, int rows) {
        if (inputs.type() != type) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH, "inputs: " + inputs.type() + " (expected: " + type + ")");
        }
        if (rows < 0 || inputs.length() != (long) rows * elements()) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    "inputs: " + inputs.length() + " elements for " + rows + " samples (expected: " + elements()
                            + " a sample, shape " + sampleShape + ")");
        }
    }
}

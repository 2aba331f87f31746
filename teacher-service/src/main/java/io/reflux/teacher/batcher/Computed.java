package io.reflux.teacher.batcher;

import com.google.protobuf.ByteString;
import io.reflux.teacher.engine.ModelShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the model gave for a slice: of each output that its job wants samples x R x W numbers. Holds the values of the whole
 * batch, which are not copied and not to be changed.
 */
public final class Computed {

    private final ModelShape shape;
    private final ByteString modelDigest;
    private final Map<Integer, float[]> values;
    private final int row;
    private final long queueNanos;
    private final long computeNanos;

    private Computed(
            ModelShape shape,
            ByteString modelDigest,
            Map<Integer, float[]> values,
            int row,
            long queueNanos,
            long computeNanos) {
        this.shape = shape;
        this.modelDigest = modelDigest;
        this.values = values;
        this.row = row;
        this.queueNanos = queueNanos;
        this.computeNanos = computeNanos;
    }

    /**
     * What a model gave for a batch.
     *
     * @param wanted the outputs that were computed
     * @param values of each of them, rows x R x W
     * @param computeNanos how long the model took
     * @throws IllegalStateException if an output has another number of values
     */
    static Computed batch(
            ModelShape shape, ByteString modelDigest, int[] wanted, List<float[]> values, int rows, long computeNanos) {
        Map<Integer, float[]> byOutput = new HashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            int elements = shape.outputs().get(wanted[i]).elements();
            if (values.get(i).length != (long) rows * elements) {
                throw new IllegalStateException(shape.outputs().get(wanted[i]).name() + ": " + values.get(i).length
                        + " numbers (expected: " + rows + " x " + elements + ")");
            }
            byOutput.put(wanted[i], values.get(i));
        }
        return new Computed(shape, modelDigest, byOutput, 0, 0, computeNanos);
    }

    /** The part of a batch from a row on, of a slice that waited so long. */
    Computed from(int firstRow, long waitedNanos) {
        return new Computed(shape, modelDigest, values, firstRow, waitedNanos, computeNanos);
    }

    /** SHA-256 of the model. */
    public ByteString modelDigest() {
        return modelDigest;
    }

    /** How long the slice waited. */
    public long queueNanos() {
        return queueNanos;
    }

    /** How long the model took for the batch that the slice was part of. */
    public long computeNanos() {
        return computeNanos;
    }

    /**
     * The array that holds an output; the slice's part begins at {@link #offset}.
     *
     * @throws IllegalStateException if it was not computed
     */
    public float[] values(int output) {
        float[] held = values.get(output);
        if (held == null) {
            throw new IllegalStateException("output " + output + " was not computed");
        }
        return held;
    }

    /** Where a sample of the slice begins in {@link #values}; samples count from 0. */
    public int offset(int output, int sample) {
        return (row + sample) * shape.outputs().get(output).elements();
    }
}

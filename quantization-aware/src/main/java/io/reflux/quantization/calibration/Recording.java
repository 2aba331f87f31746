package io.reflux.quantization.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.TensorProbe;
import io.reflux.model.script.BatchMemory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All that a value inside a graph was while some data ran through it: rows × row, row-major. */
public final class Recording {

    private final long[] rowShape;
    private final float[] values;

    private Recording(long[] rowShape, float[] values) {
        this.rowShape = rowShape.clone();
        this.values = values;
    }

    /**
     * Records a value in ONNX Runtime, which runs no more of the graph than it needs.
     *
     * @param value name of a FLOAT value of the graph
     * @param rowShape shape of one row, all of it known
     * @param maxRows rows that are kept, the first ones, &gt; 0
     * @throws ModelException if there is nothing to record, or the value is not finite somewhere
     */
    public static Recording of(ModelGraph graph, String value, long[] rowShape, int maxRows, CalibrationRun run) {
        int row = Math.toIntExact(Arrays.stream(rowShape).reduce(1, Math::multiplyExact));
        Parts parts = new Parts(value, Math.multiplyExact(row, maxRows));
        try (TensorProbe probe =
                TensorProbe.open(GraphPart.upTo(graph, List.of(value)), List.of(value), run.threads())) {
            for (CalibrationBatch batch : run.batches()) {
                if (!parts.isFull()) {
                    probe.run(batch.inputs(), batch.rows(), (name, floats) -> parts.add(floats));
                }
            }
        }
        return new Recording(rowShape, parts.joined(row));
    }

    /** Rows there are. */
    public int rows() {
        return values.length / row();
    }

    /** The values, not copied. */
    public float[] values() {
        return values;
    }

    private int row() {
        return (int) Arrays.stream(rowShape).reduce(1, (a, b) -> a * b);
    }

    /** As an array of libtorch, which the manager closes. */
    public NDArray array(NDManager manager) {
        long[] shape = new long[rowShape.length + 1];
        shape[0] = rows();
        System.arraycopy(rowShape, 0, shape, 1, rowShape.length);
        return new BatchMemory().array(manager, values, new Shape(shape));
    }

    /** What was seen so far. */
    private static final class Parts {

        private final String value;
        private final int limit;
        private final List<float[]> parts = new ArrayList<>();
        private int size;

        Parts(String value, int limit) {
            this.value = value;
            this.limit = limit;
        }

        boolean isFull() {
            return size >= limit;
        }

        void add(FloatBuffer floats) {
            float[] part = new float[Math.min(limit - size, floats.remaining())];
            floats.get(part);
            for (float number : part) {
                if (!Float.isFinite(number)) {
                    throw new ModelException(
                            ModelException.Code.INVALID_ARGUMENT,
                            "tensor " + value + ": " + number + " among its values (expected: finite)");
                }
            }
            parts.add(part);
            size += part.length;
        }

        float[] joined(int row) {
            if (size == 0) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT, "calibration: 0 samples (expected: at least 1)");
            }
            float[] all = new float[size - size % row];
            int at = 0;
            for (float[] part : parts) {
                int count = Math.min(part.length, all.length - at);
                System.arraycopy(part, 0, all, at, count);
                at += count;
            }
            return all;
        }
    }
}

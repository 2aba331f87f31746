package io.reflux.quantization.qparams;

import io.reflux.model.graph.ModelException;
import java.util.Arrays;

/** Which elements of a tensor share a scale and a zero point. */
public sealed interface Granularity {

    /** All of them. */
    Granularity PER_TENSOR = new PerTensor();

    /**
     * The shape of the tensor of scales, as QuantizeLinear takes it.
     *
     * @param shape of the tensor that is quantised
     * @throws ModelException if the tensor has no such axis
     */
    long[] scales(long[] shape);

    /** For each element of a tensor, row-major, the place of its scale. */
    int[] places(long[] shape);

    /** One scale. */
    record PerTensor() implements Granularity {

        @Override
        public long[] scales(long[] shape) {
            return new long[0];
        }

        @Override
        public int[] places(long[] shape) {
            return new int[size(shape, 0)];
        }
    }

    /**
     * A scale for each index of the axis that is kept.
     *
     * @param axis from 0
     */
    record PerAxis(int axis) implements Granularity {

        @Override
        public long[] scales(long[] shape) {
            requireAxis(axis, shape);
            return new long[] {shape[axis]};
        }

        @Override
        public int[] places(long[] shape) {
            requireAxis(axis, shape);
            int inner = size(shape, axis + 1);
            int channels = (int) shape[axis];
            int[] places = new int[size(shape, 0)];
            for (int i = 0; i < places.length; i++) {
                places[i] = i / inner % channels;
            }
            return places;
        }
    }

    /**
     * A scale for each run of neighbours along an axis; the last run may be shorter. ONNX says per block.
     *
     * @param axis from 0
     * @param groupSize neighbours that share a scale, &gt; 0
     */
    record PerGroup(int axis, int groupSize) implements Granularity {

        public PerGroup {
            if (groupSize < 1) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT, "groupSize: " + groupSize + " (expected: >= 1)");
            }
        }

        @Override
        public long[] scales(long[] shape) {
            requireAxis(axis, shape);
            long[] scales = shape.clone();
            scales[axis] = (shape[axis] + groupSize - 1) / groupSize;
            return scales;
        }

        @Override
        public int[] places(long[] shape) {
            int inner = size(shape, axis + 1);
            int along = (int) shape[axis];
            int groups = (int) scales(shape)[axis];
            int[] places = new int[size(shape, 0)];
            for (int i = 0; i < places.length; i++) {
                int outer = i / inner / along;
                int group = i / inner % along / groupSize;
                places[i] = (outer * groups + group) * inner + i % inner;
            }
            return places;
        }
    }

    private static void requireAxis(int axis, long[] shape) {
        if (axis < 0 || axis >= shape.length) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "axis: " + axis + " (expected: an axis of shape " + Arrays.toString(shape) + ")");
        }
    }

    /** Elements of the axes from one on. */
    private static int size(long[] shape, int from) {
        long size = 1;
        for (int i = from; i < shape.length; i++) {
            size *= shape[i];
        }
        return Math.toIntExact(size);
    }
}

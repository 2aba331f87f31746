package io.reflux.model.operator;

import ai.djl.ndarray.NDArray;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.util.Arrays;

/** The shape of a result and its elements, of any type, as doubles. */
record Elements(long[] shape, double[] values) {

    static Elements of(NDArray array) {
        double[] values =
                Arrays.stream(array.toArray()).mapToDouble(Number::doubleValue).toArray();
        return new Elements(array.getShape().getShape(), values);
    }

    static Elements of(OnnxTensor tensor) throws OrtException {
        int size = (int) Arrays.stream(tensor.getInfo().getShape()).reduce(1, (a, b) -> a * b);
        double[] values = new double[size];
        switch (tensor.getInfo().type) {
            case FLOAT -> {
                var buffer = tensor.getFloatBuffer();
                Arrays.setAll(values, buffer::get);
            }
            case DOUBLE -> {
                var buffer = tensor.getDoubleBuffer();
                Arrays.setAll(values, buffer::get);
            }
            case INT64 -> {
                var buffer = tensor.getLongBuffer();
                Arrays.setAll(values, buffer::get);
            }
            case INT32 -> {
                var buffer = tensor.getIntBuffer();
                Arrays.setAll(values, buffer::get);
            }
            case INT8, BOOL -> {
                var buffer = tensor.getByteBuffer();
                Arrays.setAll(values, buffer::get);
            }
            case UINT8 -> {
                var buffer = tensor.getByteBuffer();
                Arrays.setAll(values, i -> Byte.toUnsignedInt(buffer.get(i)));
            }
            default -> throw new IllegalArgumentException(tensor.getInfo().type + " is not read by this test");
        }
        return new Elements(tensor.getInfo().getShape(), values);
    }
}

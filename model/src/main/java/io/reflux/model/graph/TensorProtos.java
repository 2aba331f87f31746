package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tensors of the file format to {@link GraphTensor} and back. */
final class TensorProtos {

    private TensorProtos() {}

    /**
     * Reads values from raw bytes or from the typed field.
     *
     * @throws ModelException if the values lie in another file, are of a type outside {@link ElementType}, or are not
     *     as many as the shape says
     */
    static GraphTensor read(TensorProto proto) {
        String name = proto.getName();
        if (ExternalData.isExternal(proto)) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED,
                    name + ": values in external file " + location(proto)
                            + " (expected: values inside the model file)");
        }
        ElementType type = type(proto);
        if (proto.hasSegment()) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED, name + ": stored in segments (expected: a whole tensor)");
        }
        long[] shape = shape(proto);
        long expected = GraphTensor.byteSize(name, type, shape);
        ByteString bytes = proto.hasRawData() ? proto.getRawData() : typedValues(proto, type, expected);
        return new GraphTensor(name, type, shape, bytes);
    }

    /**
     * Bytes of the values as the file stores them, by type and shape.
     *
     * @throws ModelException if the type is neither in {@link ElementType} nor one of 16-bit floats, or the shape is out
     *     of range as one of 32-bit floats
     */
    static long storedBytes(TensorProto proto) {
        boolean half = HalfPrecision.isHalf(proto.getDataType());
        ElementType type = half ? ElementType.FLOAT : type(proto);
        long bytes = GraphTensor.byteSize(proto.getName(), type, shape(proto));
        return half ? bytes / 2 : bytes;
    }

    private static ElementType type(TensorProto proto) {
        return ElementType.of(proto.getDataType())
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.UNSUPPORTED,
                        proto.getName() + ": " + ElementType.onnxName(proto.getDataType()) + " (expected: one of "
                                + ElementType.names() + ")"));
    }

    private static long[] shape(TensorProto proto) {
        return proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
    }

    static TensorProto write(GraphTensor tensor) {
        TensorProto.Builder proto = TensorProto.newBuilder()
                .setName(tensor.name())
                .setDataType(tensor.type().onnxCode())
                .setRawData(tensor.bytes());
        for (long dimension : tensor.shape()) {
            proto.addDims(dimension);
        }
        return proto.build();
    }

    private static String location(TensorProto proto) {
        return proto.getExternalDataList().stream()
                .filter(entry -> entry.getKey().equals("location"))
                .map(entry -> "'" + entry.getValue() + "'")
                .findFirst()
                .orElse("of unknown name");
    }

    private static ByteString typedValues(TensorProto proto, ElementType type, long expectedBytes) {
        int count = switch (type) {
            case FLOAT -> proto.getFloatDataCount();
            case DOUBLE -> proto.getDoubleDataCount();
            case INT64 -> proto.getInt64DataCount();
            case INT32, INT16, UINT16, INT8, UINT8, INT4, UINT4, INT2, UINT2, BOOL -> proto.getInt32DataCount();
        };
        // One entry of the field holds as many integers of 4 or 2 bits as a byte does.
        long expected = expectedBytes * Byte.SIZE / Math.max(Byte.SIZE, type.bits());
        if (count != expected) {
            throw new ModelException(
                    ModelException.Code.MALFORMED,
                    proto.getName() + ": " + count + " values (expected: " + expected + " for " + type
                            + proto.getDimsList() + ")");
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) expectedBytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            switch (type) {
                case FLOAT -> buffer.putFloat(proto.getFloatData(i));
                case DOUBLE -> buffer.putDouble(proto.getDoubleData(i));
                case INT64 -> buffer.putLong(proto.getInt64Data(i));
                case INT32 -> buffer.putInt(proto.getInt32Data(i));
                case INT16, UINT16 -> buffer.putShort((short) proto.getInt32Data(i));
                case INT8, UINT8, INT4, UINT4, INT2, UINT2, BOOL -> buffer.put((byte) proto.getInt32Data(i));
            }
        }
        return UnsafeByteOperations.unsafeWrap(buffer.flip());
    }
}

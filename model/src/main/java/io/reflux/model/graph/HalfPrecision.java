package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;

/**
 * Makes 32-bit floats of all that a model has in 16 bits, FLOAT16 and BFLOAT16: tensors, which keep their values exactly,
 * inputs, outputs, and the types that nodes name. Training needs weights of 32 bits, and chooses its own precision.
 */
final class HalfPrecision {

    /** Attributes that hold the code of an element type. */
    private static final Set<String> TYPES = Set.of("to", "dtype", "output_dtype", "stash_type", "softmax_precision");

    private static final int HALF_BYTES = 2;

    /** Bytes of the model and of what its values are widened to. */
    private long total;

    private boolean found;

    private HalfPrecision(long total) {
        this.total = total;
    }

    /**
     * The model without 16-bit floats; the very same where it has none.
     *
     * @throws ModelException if a tensor has not as many values as its shape says, or the model would have 2 GiB or more
     */
    static ModelProto widen(ModelProto model) {
        ModelProto.Builder edited = model.toBuilder();
        HalfPrecision halves = new HalfPrecision(model.getSerializedSize());
        ProtoWalk.tensors(edited.getGraphBuilder(), halves::widen);
        ProtoWalk.graphs(edited.getGraphBuilder(), halves::widenTypes);
        return halves.found ? edited.build() : model;
    }

    static boolean isHalf(int dataType) {
        return dataType == DataType.FLOAT16_VALUE || dataType == DataType.BFLOAT16_VALUE;
    }

    /** The number that the bits of a FLOAT16 (IEEE 754 binary16) stand for. */
    static float ofFloat16(int bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            return Math.copySign(fraction * 0x1p-24f, Float.intBitsToFloat(sign));
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 112;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }

    /** The number that the bits of a BFLOAT16, the upper half of a FLOAT, stand for. */
    static float ofBfloat16(int bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    private void widenTypes(GraphProto.Builder graph) {
        widenValues(graph.getInputBuilderList());
        widenValues(graph.getOutputBuilderList());
        widenValues(graph.getValueInfoBuilderList());
        ProtoWalk.attributes(graph, attribute -> {
            if (attribute.getType() == AttributeProto.AttributeType.INT
                    && TYPES.contains(attribute.getName())
                    && isHalf((int) attribute.getI())) {
                attribute.setI(DataType.FLOAT_VALUE);
                found = true;
            }
        });
    }

    private void widenValues(List<ValueInfoProto.Builder> values) {
        for (ValueInfoProto.Builder value : values) {
            if (isHalf(value.getType().getTensorType().getElemType())) {
                value.getTypeBuilder().getTensorTypeBuilder().setElemType(DataType.FLOAT_VALUE);
                found = true;
            }
        }
    }

    private TensorProto widen(TensorProto tensor) {
        if (!isHalf(tensor.getDataType()) || ExternalData.isExternal(tensor)) {
            return tensor;
        }
        found = true;
        boolean brain = tensor.getDataType() == DataType.BFLOAT16_VALUE;
        int count = (int) (TensorProtos.storedBytes(tensor) / HALF_BYTES);
        total += (long) count * Float.BYTES;
        ModelFiles.requireSize(total);
        int given = tensor.hasRawData() ? tensor.getRawData().size() : tensor.getInt32DataCount() * HALF_BYTES;
        if (given != count * HALF_BYTES) {
            throw new ModelException(
                    ModelException.Code.MALFORMED,
                    "initialiser " + tensor.getName() + ": " + given + " bytes of values (expected: "
                            + count * HALF_BYTES + " for " + ElementType.onnxName(tensor.getDataType())
                            + tensor.getDimsList() + ")");
        }
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer wide = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            int bits = (tensor.hasRawData() ? raw.getShort(i * HALF_BYTES) : tensor.getInt32Data(i)) & 0xffff;
            wide.putFloat(brain ? ofBfloat16(bits) : ofFloat16(bits));
        }
        ByteString values = UnsafeByteOperations.unsafeWrap(wide.flip());
        return tensor.toBuilder()
                .clearInt32Data()
                .setDataType(DataType.FLOAT_VALUE)
                .setRawData(values)
                .build();
    }
}

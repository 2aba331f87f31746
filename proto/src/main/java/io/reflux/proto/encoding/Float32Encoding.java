package io.reflux.proto.encoding;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** IEEE 754 binary32, little-endian: exact, 4 bytes a number. */
final class Float32Encoding implements SoftLabelEncoding {

    static final Float32Encoding INSTANCE = new Float32Encoding();

    private static final Encoding DESCRIPTION =
            Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32).build();

    private Float32Encoding() {}

    @Override
    public Encoding description() {
        return DESCRIPTION;
    }

    @Override
    public int encodedBytes(int rows, int classes) {
        return Block.bytes(rows, classes, Float.BYTES);
    }

    @Override
    public ByteString encode(float[] logits, int offset, int rows, int classes) {
        int elements = Block.elements(rows, classes);
        Block.requireWithin(logits, offset, elements);
        requireFinite(logits, offset, elements, classes);
        byte[] bytes = new byte[encodedBytes(rows, classes)];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(logits, offset, elements);
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    @Override
    public void decode(ByteString payload, int rows, int classes, float[] target, int offset) {
        int elements = Block.elements(rows, classes);
        Block.requireWithin(target, offset, elements);
        Block.requireLength(payload, encodedBytes(rows, classes));
        FloatBuffer floats =
                payload.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        floats.get(target, offset, elements);
        requireFinite(target, offset, elements, classes);
    }

    private static void requireFinite(float[] values, int offset, int elements, int classes) {
        for (int i = 0; i < elements; i++) {
            if (!Float.isFinite(values[offset + i])) {
                throw EncodingException.nonFinite(i, classes, values[offset + i]);
            }
        }
    }
}

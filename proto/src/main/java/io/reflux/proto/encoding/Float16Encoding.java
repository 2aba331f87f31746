package io.reflux.proto.encoding;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/**
 * IEEE 754 binary16, little-endian: 2 bytes a number, rounded to nearest even (relative error at most 2^-11 for
 * magnitudes from 2^-14, absolute error at most 2^-25 below), saturated at +-65504.
 */
final class Float16Encoding implements SoftLabelEncoding {

    static final Float16Encoding INSTANCE = new Float16Encoding();

    private static final Encoding DESCRIPTION =
            Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP16).build();

    private Float16Encoding() {}

    @Override
    public Encoding description() {
        return DESCRIPTION;
    }

    @Override
    public int encodedBytes(int rows, int classes) {
        return Block.bytes(rows, classes, Short.BYTES);
    }

    @Override
    public ByteString encode(float[] logits, int offset, int rows, int classes) {
        int elements = Block.elements(rows, classes);
        Block.requireWithin(logits, offset, elements);
        byte[] bytes = new byte[encodedBytes(rows, classes)];
        ShortBuffer halves =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        for (int i = 0; i < elements; i++) {
            float value = logits[offset + i];
            if (!Float.isFinite(value)) {
                throw EncodingException.nonFinite(i, classes, value);
            }
            halves.put(i, HalfFloat.fromFloat(value));
        }
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    @Override
    public void decode(ByteString payload, int rows, int classes, float[] target, int offset) {
        int elements = Block.elements(rows, classes);
        Block.requireWithin(target, offset, elements);
        Block.requireLength(payload, encodedBytes(rows, classes));
        ShortBuffer halves =
                payload.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        for (int i = 0; i < elements; i++) {
            float value = HalfFloat.toFloat(halves.get(i));
            if (!Float.isFinite(value)) {
                throw EncodingException.nonFinite(i, classes, value);
            }
            target[offset + i] = value;
        }
    }
}

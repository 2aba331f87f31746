package io.reflux.proto.encoding;

import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.nio.ByteBuffer;

/**
 * IEEE 754 binary16: 2 bytes a number, rounded to nearest even (relative error at most 2^-11 for magnitudes from 2^-14,
 * absolute error at most 2^-25 below), saturated at +-65504.
 */
final class Float16Rows implements RowCodec {

    private static final Encoding DESCRIPTION =
            Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP16).build();

    @Override
    public Encoding description() {
        return DESCRIPTION;
    }

    @Override
    public long maxRowBytes(int classes) {
        return (long) Short.BYTES * classes;
    }

    @Override
    public boolean isFixedSize() {
        return true;
    }

    @Override
    public void encode(float[] logits, int from, int classes, long seed, ByteBuffer out) {
        for (int c = 0; c < classes; c++) {
            out.putShort(HalfFloat.fromFloat(logits[from + c]));
        }
    }

    @Override
    public void decode(ByteBuffer in, int classes, float[] target, int to) {
        for (int c = 0; c < classes; c++) {
            target[to + c] = HalfFloat.toFloat(in.getShort());
        }
    }
}

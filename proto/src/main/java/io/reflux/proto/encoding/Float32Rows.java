package io.reflux.proto.encoding;

import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.nio.ByteBuffer;

/** IEEE 754 binary32: exact, 4 bytes a number. */
final class Float32Rows implements RowCodec {

    private static final Encoding DESCRIPTION =
            Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32).build();

    @Override
    public Encoding description() {
        return DESCRIPTION;
    }

    @Override
    public long maxRowBytes(int classes) {
        return (long) Float.BYTES * classes;
    }

    @Override
    public boolean isFixedSize() {
        return true;
    }

    @Override
    public void encode(float[] logits, int from, int classes, long seed, ByteBuffer out) {
        for (int c = 0; c < classes; c++) {
            out.putFloat(logits[from + c]);
        }
    }

    @Override
    public void decode(ByteBuffer in, int classes, float[] target, int to) {
        for (int c = 0; c < classes; c++) {
            target[to + c] = in.getFloat();
        }
    }
}

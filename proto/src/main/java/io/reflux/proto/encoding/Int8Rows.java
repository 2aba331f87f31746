package io.reflux.proto.encoding;

import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.nio.ByteBuffer;

/**
 * Each row on 256 levels between its smallest and its largest number: a binary32 scale, a binary32 offset, and one signed
 * byte q a class; a number is offset + scale q.
 *
 * <p>scale = (max - min) / 255, offset = min + 128 scale, both rounded to binary32; q is rounded to nearest even. The error is
 * at most scale / 2, and one unit in the last place of the row's largest magnitude.
 */
final class Int8Rows implements RowCodec {

    private static final Encoding DESCRIPTION =
            Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_INT8_ROWS).build();
    private static final int LEVELS = 255;

    @Override
    public Encoding description() {
        return DESCRIPTION;
    }

    @Override
    public long maxRowBytes(int classes) {
        return 2L * Float.BYTES + classes;
    }

    @Override
    public boolean isFixedSize() {
        return true;
    }

    @Override
    public void encode(float[] logits, int from, int classes, long seed, ByteBuffer out) {
        float min = logits[from];
        float max = min;
        for (int c = 1; c < classes; c++) {
            min = Math.min(min, logits[from + c]);
            max = Math.max(max, logits[from + c]);
        }
        // In double: the difference of two floats may be beyond the largest one.
        float scale = (float) (((double) max - min) / LEVELS);
        float offset = (float) (min - (double) Byte.MIN_VALUE * scale);
        out.putFloat(scale).putFloat(offset);
        for (int c = 0; c < classes; c++) {
            out.put(scale == 0 ? 0 : level(((double) logits[from + c] - offset) / scale));
        }
    }

    private static byte level(double steps) {
        return (byte) Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, Math.rint(steps)));
    }

    @Override
    public void decode(ByteBuffer in, int classes, float[] target, int to) {
        float scale = in.getFloat();
        float offset = in.getFloat();
        if (!(scale >= 0) || !Float.isFinite(scale) || !Float.isFinite(offset)) {
            throw EncodingException.malformed(
                    "scale and offset: " + scale + " and " + offset + " (expected: finite, the scale >= 0)");
        }
        for (int c = 0; c < classes; c++) {
            double value = offset + (double) scale * in.get();
            // The outermost levels of a row of extreme numbers may lie a rounding beyond the largest float.
            target[to + c] = (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
        }
    }
}

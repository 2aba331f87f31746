package io.reflux.proto.encoding;

import io.reflux.proto.v1.Encoding;
import java.nio.ByteBuffer;

/**
 * How one row of C logits becomes bytes and comes back. Rows follow one another in a payload, each from a byte on. Holds no
 * state; {@link RowEncoding} makes the checks that do not depend on the codec.
 */
interface RowCodec {

    /** The description with defaults filled in. */
    Encoding description();

    /** Most bytes that a row takes. */
    long maxRowBytes(int classes);

    /** Whether every row takes {@link #maxRowBytes}. */
    boolean isFixedSize();

    /** Whether {@link #encode} draws at random, and so needs a seed. */
    default boolean isRandom() {
        return false;
    }

    /**
     * Writes a row.
     *
     * @param logits finite numbers, the row's from {@code from} on
     * @param seed of what is drawn at random about the row; 0 for a codec that does not
     * @param out little-endian, with room for {@link #maxRowBytes}
     */
    void encode(float[] logits, int from, int classes, long seed, ByteBuffer out);

    /**
     * Reads a row into {@code target}, from {@code to} on.
     *
     * @param in little-endian; holds {@link #maxRowBytes} if the size is fixed, else anything
     * @throws EncodingException if these bytes were not written by {@link #encode}
     */
    void decode(ByteBuffer in, int classes, float[] target, int to);
}

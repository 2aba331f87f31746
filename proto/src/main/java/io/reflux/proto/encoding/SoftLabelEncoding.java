package io.reflux.proto.encoding;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Encoding;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * Writes rows of logits as bytes and reads them back. docs/encodings.md specifies each byte.
 *
 * <p>Shapes: logits are rows x classes, row-major. Only finite numbers travel: both directions refuse NaN and the
 * infinities, so a student never trains on what a sick teacher computed. What comes back are logits always: where an encoding
 * carries probabilities, they are T log p, so that softmax at the encoding's temperature T gives them. Implementations hold no
 * state and are thread-safe.
 */
public interface SoftLabelEncoding {

    /** The encoding as it is granted to a student: what was asked for, with defaults filled in. */
    Encoding description();

    /**
     * Most bytes of an encoded block; all blocks have as many but those of random sampling and of compressed ones.
     *
     * @param rows number of rows, at least 0
     * @param classes numbers in a row, at least 1
     * @throws IllegalArgumentException if an argument is out of range or the block would not fit in an array
     */
    int maxEncodedBytes(int rows, int classes);

    /**
     * Encodes {@code rows} rows that begin at {@code logits[offset]}. The same logits and seeds give the same bytes.
     *
     * @param seeds the seed of each row, from 0 on, for an encoding that draws at random
     * @return at most {@link #maxEncodedBytes} bytes
     * @throws EncodingException with code {@code NON_FINITE} if a number is NaN or infinite
     * @throws IndexOutOfBoundsException if the block does not lie within {@code logits}
     */
    ByteString encode(float[] logits, int offset, int rows, int classes, IntToLongFunction seeds);

    /**
     * Encodes the row that begins at {@code logits[offset]} by itself: what {@link #encode} writes of it, before the
     * compression.
     *
     * @param seed of the row, for an encoding that draws at random
     * @throws EncodingException with code {@code NON_FINITE} if a number is NaN or infinite
     * @throws IndexOutOfBoundsException if the row does not lie within {@code logits}
     */
    byte[] encodeRow(float[] logits, int offset, int classes, long seed);

    /** The block of these rows of {@link #encodeRow}: the same bytes as if {@link #encode} had written all of them. */
    ByteString block(List<byte[]> rows);

    /** What {@link #encodeRow} depends on: {@link #description} without the compression. */
    default Encoding rowDescription() {
        return description().toBuilder().clearCompression().build();
    }

    /**
     * Decodes a block into {@code target}, beginning at {@code target[offset]}. Allocates in proportion to the block and the
     * payload, whatever the payload says. After an exception the block's part of {@code target} holds anything.
     *
     * @throws EncodingException with code {@code LENGTH} if the payload is shorter or longer than its rows, {@code
     *     MALFORMED} if it is not what {@link #encode} writes, or {@code NON_FINITE} if a number is NaN or infinite
     * @throws IndexOutOfBoundsException if the block does not lie within {@code target}
     */
    void decode(ByteString payload, int rows, int classes, float[] target, int offset);

    /** Rows of {@link #encodeRow} one behind the other, as one row of several. */
    static byte[] concatenated(List<byte[]> rows) {
        return RowEncoding.concatenated(rows);
    }

    /** What {@link #of} serves, smallest error first, plain and then compressed; counts and temperatures left open. */
    static List<Encoding> served() {
        return EncodingTable.served();
    }

    /**
     * The encoding of a description.
     *
     * @throws EncodingException with code {@code INVALID} if the description contradicts itself or names no encoding
     */
    static SoftLabelEncoding of(Encoding description) {
        return EncodingTable.of(description);
    }
}

package io.reflux.proto.encoding;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.util.List;

/**
 * Writes rows of logits as bytes and reads them back.
 *
 * <p>Shapes: logits are rows x classes, row-major. Only finite numbers travel: both directions refuse NaN and the
 * infinities, so a student never trains on what a sick teacher computed. Implementations hold no state and are
 * thread-safe.
 */
public interface SoftLabelEncoding {

    /** The encoding as it is granted to a student: what was asked for, with defaults filled in. */
    Encoding description();

    /**
     * Size of an encoded block.
     *
     * @param rows number of rows, at least 0
     * @param classes numbers in a row, at least 1
     * @throws IllegalArgumentException if an argument is out of range or the block would not fit in an array
     */
    int encodedBytes(int rows, int classes);

    /**
     * Encodes {@code rows} rows that begin at {@code logits[offset]}.
     *
     * @return {@link #encodedBytes} bytes
     * @throws EncodingException with code {@code NON_FINITE} if a number is NaN or infinite
     * @throws IndexOutOfBoundsException if the block does not lie within {@code logits}
     */
    ByteString encode(float[] logits, int offset, int rows, int classes);

    /**
     * Decodes a block into {@code target}, beginning at {@code target[offset]}. After an exception the block's part of
     * {@code target} holds anything.
     *
     * @throws EncodingException with code {@code LENGTH} if the payload is not {@link #encodedBytes} bytes long, or
     *     {@code NON_FINITE} if a number is NaN or infinite
     * @throws IndexOutOfBoundsException if the block does not lie within {@code target}
     */
    void decode(ByteString payload, int rows, int classes, float[] target, int offset);

    /** The encodings that {@link #of} gives, smallest error first. */
    static List<SoftLabelEncoding> supported() {
        return List.of(Float32Encoding.INSTANCE, Float16Encoding.INSTANCE);
    }

    /**
     * The encoding of a description.
     *
     * @throws EncodingException with code {@code INVALID} if the description contradicts itself, or {@code UNSUPPORTED}
     *     if it is well-formed but not served by this version
     */
    static SoftLabelEncoding of(Encoding description) {
        SoftLabelEncoding encoding = switch (description.getKind()) {
            case ENCODING_KIND_FP32 -> Float32Encoding.INSTANCE;
            case ENCODING_KIND_FP16 -> Float16Encoding.INSTANCE;
            case ENCODING_KIND_INT8_ROWS, ENCODING_KIND_TOP_K, ENCODING_KIND_RANDOM_SAMPLING ->
                throw new EncodingException(
                        EncodingException.Code.UNSUPPORTED,
                        "encoding.kind: " + description.getKind() + " (expected: " + supportedKinds() + ")");
            case ENCODING_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new EncodingException(
                        EncodingException.Code.INVALID,
                        "encoding.kind: " + description.getKindValue() + " (expected: " + supportedKinds() + ")");
        };
        requireNoSettings(description);
        return encoding;
    }

    private static String supportedKinds() {
        return EncodingKind.ENCODING_KIND_FP32 + " or " + EncodingKind.ENCODING_KIND_FP16;
    }

    private static void requireNoSettings(Encoding description) {
        if (description.getCount() != 0) {
            throw new EncodingException(
                    EncodingException.Code.INVALID,
                    "encoding.count: " + Integer.toUnsignedString(description.getCount()) + " (expected: 0 for "
                            + description.getKind() + ")");
        }
        if (description.getTemperature() != 0) {
            throw new EncodingException(
                    EncodingException.Code.INVALID,
                    "encoding.temperature: " + description.getTemperature() + " (expected: 0 for "
                            + description.getKind() + ")");
        }
        if (description.getCompression() == Compression.UNRECOGNIZED) {
            throw new EncodingException(
                    EncodingException.Code.INVALID,
                    "encoding.compression: " + description.getCompressionValue() + " (expected: "
                            + Compression.COMPRESSION_NONE + ")");
        }
        if (description.getCompression() != Compression.COMPRESSION_NONE) {
            throw new EncodingException(
                    EncodingException.Code.UNSUPPORTED,
                    "encoding.compression: " + description.getCompression() + " (expected: "
                            + Compression.COMPRESSION_NONE + ")");
        }
    }
}

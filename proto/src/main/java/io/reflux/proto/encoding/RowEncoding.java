package io.reflux.proto.encoding;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.reflux.proto.v1.Encoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntToLongFunction;

/** Writes a block row by row with a codec, and makes the checks that all codecs share. */
final class RowEncoding implements SoftLabelEncoding {

    private final RowCodec codec;

    RowEncoding(RowCodec codec) {
        this.codec = codec;
    }

    @Override
    public Encoding description() {
        return codec.description();
    }

    @Override
    public int maxEncodedBytes(int rows, int classes) {
        elements(rows, classes);
        return exact(rows * codec.maxRowBytes(classes), rows, classes);
    }

    @Override
    public ByteString encode(float[] logits, int offset, int rows, int classes, IntToLongFunction seeds) {
        return UnsafeByteOperations.unsafeWrap(bytes(logits, offset, rows, classes, seeds));
    }

    private byte[] bytes(float[] logits, int offset, int rows, int classes, IntToLongFunction seeds) {
        int elements = elements(rows, classes);
        Objects.checkFromIndexSize(offset, elements, logits.length);
        requireFinite(logits, offset, elements, classes);
        byte[] bytes = new byte[maxEncodedBytes(rows, classes)];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            long seed = codec.isRandom() ? seeds.applyAsLong(row) : 0;
            codec.encode(logits, offset + row * classes, classes, seed, out);
        }
        int length = out.position();
        // What waits for credit holds no more than it sends.
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    @Override
    public byte[] encodeRow(float[] logits, int offset, int classes, long seed) {
        return bytes(logits, offset, 1, classes, row -> seed);
    }

    @Override
    public ByteString block(List<byte[]> rows) {
        return UnsafeByteOperations.unsafeWrap(concatenated(rows));
    }

    static byte[] concatenated(List<byte[]> rows) {
        byte[] block = new byte
                [Math.toIntExact(rows.stream().mapToLong(row -> row.length).sum())];
        int to = 0;
        for (byte[] row : rows) {
            System.arraycopy(row, 0, block, to, row.length);
            to += row.length;
        }
        return block;
    }

    @Override
    public void decode(ByteString payload, int rows, int classes, float[] target, int offset) {
        int elements = elements(rows, classes);
        Objects.checkFromIndexSize(offset, elements, target.length);
        int maxBytes = maxEncodedBytes(rows, classes);
        if (payload.size() > maxBytes || codec.isFixedSize() && payload.size() != maxBytes) {
            throw EncodingException.length(payload.size(), codec.isFixedSize() ? "" + maxBytes : "at most " + maxBytes);
        }
        ByteBuffer in = payload.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            codec.decode(in, classes, target, offset + row * classes);
        }
        if (in.hasRemaining()) {
            throw EncodingException.length(payload.size(), in.position() + ", the end of the last row");
        }
        requireFinite(target, offset, elements, classes);
    }

    private static int elements(int rows, int classes) {
        if (rows < 0) {
            throw new IllegalArgumentException("rows: " + rows + " (expected: >= 0)");
        }
        if (classes < 1) {
            throw new IllegalArgumentException("classes: " + classes + " (expected: >= 1)");
        }
        return exact((long) rows * classes, rows, classes);
    }

    private static int exact(long size, int rows, int classes) {
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "rows x classes: " + rows + " x " + classes + " (expected: a block of at most 2147483647 bytes)");
        }
        return (int) size;
    }

    private static void requireFinite(float[] values, int offset, int elements, int classes) {
        for (int i = 0; i < elements; i++) {
            if (!Float.isFinite(values[offset + i])) {
                throw EncodingException.nonFinite(i, classes, values[offset + i]);
            }
        }
    }
}

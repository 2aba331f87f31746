package io.reflux.proto.encoding;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.Encoding;
import java.util.List;
import java.util.Objects;
import java.util.function.IntToLongFunction;

/**
 * Another encoding's payload in one Zstandard frame (RFC 8878) that states its content size. A frame that states more than
 * the rows can take is refused before anything is allocated for it.
 */
final class ZstdEncoding implements SoftLabelEncoding {

    private static final int LEVEL = 3;
    /** What a frame of content that cannot be compressed has besides it: the frame's header, and 3 bytes a block. */
    private static final int FRAME_BYTES = 32;

    private final SoftLabelEncoding content;

    ZstdEncoding(SoftLabelEncoding content) {
        this.content = content;
    }

    @Override
    public Encoding description() {
        return content.description().toBuilder()
                .setCompression(Compression.COMPRESSION_ZSTD)
                .build();
    }

    @Override
    public int maxEncodedBytes(int rows, int classes) {
        int bytes = content.maxEncodedBytes(rows, classes);
        return (int) Math.min(Integer.MAX_VALUE, (long) bytes + (bytes >> 8) + FRAME_BYTES);
    }

    @Override
    public ByteString encode(float[] logits, int offset, int rows, int classes, IntToLongFunction seeds) {
        return compressed(content.encode(logits, offset, rows, classes, seeds).toByteArray());
    }

    @Override
    public byte[] encodeRow(float[] logits, int offset, int classes, long seed) {
        return content.encodeRow(logits, offset, classes, seed);
    }

    @Override
    public ByteString block(List<byte[]> rows) {
        return compressed(RowEncoding.concatenated(rows));
    }

    private static ByteString compressed(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(Zstd.compress(bytes, LEVEL));
    }

    @Override
    public void decode(ByteString payload, int rows, int classes, float[] target, int offset) {
        int maxBytes = content.maxEncodedBytes(rows, classes);
        Objects.checkFromIndexSize(offset, rows * classes, target.length);
        byte[] frame = payload.toByteArray();
        byte[] bytes = new byte[contentSize(frame, maxBytes)];
        int decompressed;
        try {
            decompressed = (int) Zstd.decompressByteArray(bytes, 0, bytes.length, frame, 0, frame.length);
        } catch (ZstdException e) {
            throw EncodingException.malformed("payload: " + e.getMessage() + " (expected: one Zstandard frame)");
        }
        content.decode(UnsafeByteOperations.unsafeWrap(bytes, 0, decompressed), rows, classes, target, offset);
    }

    private static int contentSize(byte[] frame, int maxBytes) {
        long size = frame.length == 0 ? -1 : Zstd.getFrameContentSize(frame);
        if (size < 0) {
            throw EncodingException.malformed(
                    "payload: " + frame.length + " bytes (expected: a Zstandard frame that states its content size)");
        }
        if (size > maxBytes) {
            throw EncodingException.length(size, "at most " + maxBytes + ", decompressed");
        }
        return (int) size;
    }
}

package io.reflux.student.ledger;

import io.reflux.student.source.SoftLabels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of labels, and of one batch after another. */
final class LabelHash {
    static final int BYTES = 32;
    private static final int CHUNK = 16 * 1024;

    private LabelHash() {}

    /** The hash of the numbers as little-endian float32: the logits, then the hints. */
    static byte[] of(SoftLabels labels) {
        MessageDigest sha256 = sha256();
        update(sha256, labels.logits());
        labels.hints().forEach(hint -> update(sha256, hint));
        return sha256.digest();
    }

    private static void update(MessageDigest sha256, float[] logits) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.min(CHUNK, Math.max(1, logits.length)) * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < logits.length; from += CHUNK) {
            int count = Math.min(CHUNK, logits.length - from);
            bytes.clear().asFloatBuffer().put(logits, from, count);
            sha256.update(bytes.limit(count * Float.BYTES));
        }
    }

    static byte[] next(byte[] previous, int stage, long batchId, String model, byte[] labels) {
        MessageDigest sha256 = sha256();
        sha256.update(previous);
        sha256.update(ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(stage)
                .putLong(batchId)
                .flip());
        sha256.update(model.getBytes(StandardCharsets.UTF_8));
        return sha256.digest(labels);
    }

    static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: absent (expected: in every JVM)", e);
        }
    }
}

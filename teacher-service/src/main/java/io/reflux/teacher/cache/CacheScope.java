package io.reflux.teacher.cache;

import com.google.protobuf.ByteString;
import io.reflux.data.view.Augmentation;
import io.reflux.proto.v1.Encoding;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * All that a row depends on beside its view.
 *
 * @param modelDigest SHA-256 of the model that computes the rows
 * @param digest SHA-256 of everything: model, data set, augmentation, output, positions and encoding
 */
public record CacheScope(ByteString modelDigest, ByteString digest) {

    private static final String TAG = "reflux.rows.1";

    /**
     * The scope of a model's rows.
     *
     * @param modelDigest SHA-256 of the model
     * @param fixedRows rows of every batch of the model, whose bits depend on it; 0: as many as there are
     * @param dataSet fingerprint of the data set
     * @param augmentation what a view's seed means
     * @param output name of the output
     * @param positions the rows that are kept of each sample, increasing; none for all
     * @param rows the encoding; its compression does not matter, since a block is compressed when it is sent
     */
    public static CacheScope of(
            ByteString modelDigest,
            int fixedRows,
            ByteString dataSet,
            Augmentation augmentation,
            String output,
            int[] positions,
            Encoding rows) {
        MessageDigest sha = sha256();
        part(sha, ByteString.copyFromUtf8(TAG));
        part(sha, modelDigest);
        number(sha, fixedRows);
        part(sha, dataSet);
        number(sha, augmentation.maxShift());
        number(sha, augmentation.flip() ? 1 : 0);
        part(sha, ByteString.copyFrom(output, StandardCharsets.UTF_8));
        number(sha, positions.length);
        for (int position : positions) {
            number(sha, position);
        }
        number(sha, rows.getKindValue());
        number(sha, rows.getCount());
        number(sha, Float.floatToIntBits(rows.getTemperature()));
        return new CacheScope(modelDigest, ByteString.copyFrom(sha.digest()));
    }

    /** With its length, so that no two lists of parts look alike. */
    private static void part(MessageDigest sha, ByteString bytes) {
        number(sha, bytes.size());
        sha.update(bytes.asReadOnlyByteBuffer());
    }

    private static void number(MessageDigest sha, int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            sha.update((byte) (value >>> shift));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

package io.reflux.teacher.cache;

import java.nio.ByteBuffer;

/**
 * The name of a row.
 *
 * @param scope all that it depends on beside the view
 * @param sampleId the view's sample
 * @param augmentationSeed the view's augmentation seed
 */
public record RowKey(CacheScope scope, long sampleId, long augmentationSeed) {

    private static final long ODD = 0x9e3779b97f4a7c15L;

    /** The key on disk: 32 bytes of the scope, then both numbers, big-endian, so that neighbours lie together. */
    byte[] bytes() {
        return ByteBuffer.allocate(scope.digest().size() + 2 * Long.BYTES)
                .put(scope.digest().asReadOnlyByteBuffer())
                .putLong(sampleId)
                .putLong(augmentationSeed)
                .array();
    }

    /** Spread wider than a record's own, which gives many samples and few seeds the same value. */
    @Override
    public int hashCode() {
        long mixed = (sampleId * ODD ^ augmentationSeed) * ODD;
        return (int) (mixed ^ mixed >>> 32) ^ scope.digest().hashCode();
    }
}

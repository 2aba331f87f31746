package io.reflux.teacher.batcher;

import com.google.protobuf.ByteString;

/**
 * Hears what became of the slices of a job. Every slice that was reserved from the lane's {@link Admission} is reported
 * once. Called on the batcher's threads.
 */
public interface SliceListener {

    /**
     * Logits of a slice, all finite.
     *
     * @param modelDigest of the model that computed them
     * @param logits holds the slice, samples x positions x classes, from {@code offset} on; valid during the call only
     * @param queueNanos how long the slice waited
     * @param computeNanos how long the model took for the batch that the slice was part of
     */
    void computed(Slice slice, ByteString modelDigest, float[] logits, int offset, long queueNanos, long computeNanos);

    /** The slice has no logits, and the job will not be completed. */
    void failed(Slice slice, Failure failure, String message);
}

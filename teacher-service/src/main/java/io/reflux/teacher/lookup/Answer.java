package io.reflux.teacher.lookup;

import com.google.protobuf.ByteString;

/**
 * One output of one sample.
 *
 * @param rows its encoded rows
 * @param modelDigest of the model that gave it
 * @param queueNanos how long it waited for the model, 0 if it was known
 * @param computeNanos how long the model took, 0 if it was known
 */
record Answer(byte[] rows, ByteString modelDigest, long queueNanos, long computeNanos) {

    /** An answer out of the cache. */
    static Answer known(byte[] rows, ByteString modelDigest) {
        return new Answer(rows, modelDigest, 0, 0);
    }

    /** The same answer for who did not wait until it was computed. */
    Answer asKnown() {
        return known(rows, modelDigest);
    }
}

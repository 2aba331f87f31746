package io.reflux.teacher.label;

import io.reflux.proto.v1.Limits;
import io.reflux.proto.wire.Transport;
import java.time.Duration;

/**
 * What one student may ask of a teacher, and all of them together.
 *
 * @param maxMessageBytes largest message taken, at least 1 KiB
 * @param maxBatchSamples most samples in a student's batch, at least 1
 * @param maxBatchesInFlight most unanswered batches of a stream, at least 1
 * @param maxCreditBytes most credit that counts, at least 1
 * @param maxStreams most streams at a time, at least 1
 * @param maxQueuedBytes most memory that waiting batches hold over all streams, at least 1
 * @param openTimeout how long a stream may take to send its first message, above 0
 */
public record LabelLimits(
        long maxMessageBytes,
        int maxBatchSamples,
        int maxBatchesInFlight,
        long maxCreditBytes,
        int maxStreams,
        long maxQueuedBytes,
        Duration openTimeout) {

    /** Fit for image classifiers on one machine. */
    public static final LabelLimits DEFAULT = new LabelLimits(
            Transport.DEFAULT_MAX_MESSAGE_BYTES, 4096, 64, 8 << 20, 256, 256L << 20, Duration.ofSeconds(10));

    public LabelLimits {
        require("maxMessageBytes", maxMessageBytes, 1024);
        require("maxBatchSamples", maxBatchSamples, 1);
        require("maxBatchesInFlight", maxBatchesInFlight, 1);
        require("maxCreditBytes", maxCreditBytes, 1);
        require("maxStreams", maxStreams, 1);
        require("maxQueuedBytes", maxQueuedBytes, 1);
        if (openTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("openTimeout: " + openTimeout + " (expected: >= 1 ms)");
        }
    }

    /** The part that students are told. */
    Limits toProto() {
        return Limits.newBuilder()
                .setMaxMessageBytes(maxMessageBytes)
                .setMaxBatchSamples(maxBatchSamples)
                .setMaxBatchesInFlight(maxBatchesInFlight)
                .setMaxCreditBytes(maxCreditBytes)
                .build();
    }

    private static void require(String name, long value, long atLeast) {
        if (value < atLeast) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + atLeast + ")");
        }
    }
}

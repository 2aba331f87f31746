package io.reflux.student.fleet;

import io.reflux.proto.v1.Encoding;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a fleet is run.
 *
 * @param setSize samples of the data set, at least 1; canaries are taken from it
 * @param canaries how many views each teacher is examined with, at least 1 and at most a batch
 * @param encoding how labels travel, which says how far two teachers may differ
 * @param modelDigest the only model to begin with, 64 hexadecimal digits; null: whichever most teachers have
 * @param acceptModelChange whether labels of another model are used when a teacher announces or joins with one
 * @param times limits of waiting
 */
public record FleetConfig(
        long setSize,
        int canaries,
        Encoding encoding,
        @Nullable String modelDigest,
        boolean acceptModelChange,
        Times times) {
    /** Checks the sizes. */
    public FleetConfig {
        if (canaries < 1) {
            throw new IllegalArgumentException("canaries: " + canaries + " (expected: >= 1)");
        }
        if (setSize < 1) {
            throw new IllegalArgumentException("setSize: " + setSize + " (expected: >= 1)");
        }
    }

    /**
     * Limits of waiting.
     *
     * @param refresh time between two looks at the membership
     * @param settle time that the other teachers have to be examined, once the first has been, before the fleet begins
     * @param attemptsAtStart attempts at each teacher before a fleet of which none is reached is given up, at least 1
     * @param firstDelay back-off after the first failure; doubled after each, half of it at random
     * @param maxDelay longest back-off
     * @param leastLate no batch is asked of a second teacher before this
     * @param canaryEvery time between two examinations of a teacher that serves
     * @param canaryWithin time in which a joining teacher must have answered the canaries
     * @param quarantine time until a quarantined or refused teacher is examined again; doubled after each, up to ten times
     * @param waitingAfter time without an answer after which the source says it is waiting
     * @param giveUpAfter time without any teacher after which the run fails
     * @param batchRetries times a batch is asked for again that teachers could not label, at least 0
     */
    public record Times(
            Duration refresh,
            Duration settle,
            int attemptsAtStart,
            Duration firstDelay,
            Duration maxDelay,
            Duration leastLate,
            Duration canaryEvery,
            Duration canaryWithin,
            Duration quarantine,
            Duration waitingAfter,
            Duration giveUpAfter,
            int batchRetries) {
        /** What a run uses. */
        public static final Times DEFAULT = new Times(
                Duration.ofSeconds(3),
                Duration.ofSeconds(2),
                6,
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                Duration.ofMillis(20),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                Duration.ofSeconds(1),
                Duration.ofMinutes(10),
                16);

        /** Returns the same with another time after which a fleet without any teacher fails. */
        public Times withGiveUpAfter(Duration other) {
            return new Times(
                    refresh,
                    settle,
                    attemptsAtStart,
                    firstDelay,
                    maxDelay,
                    leastLate,
                    canaryEvery,
                    canaryWithin,
                    quarantine,
                    waitingAfter,
                    other,
                    batchRetries);
        }
    }
}

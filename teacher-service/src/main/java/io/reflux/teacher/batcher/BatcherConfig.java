package io.reflux.teacher.batcher;

import java.time.Duration;

/**
 * Settings of a batcher.
 *
 * @param maxSamples most samples that enter the model together, at least 1
 * @param fixedShape whether every batch has exactly {@code maxSamples} rows, those that no student asked for being zero
 * @param latencyGoal what one batch may take the model; larger ones are not made. Above 0
 * @param window the longest that a batch waits for others while the model is idle, not negative; 0: batches never wait
 * @param workers threads that render, compute and encode, at least 1
 * @param maxQueuedBytes most memory that waiting batches may hold over all students, at least 1
 */
public record BatcherConfig(
        int maxSamples, boolean fixedShape, Duration latencyGoal, Duration window, int workers, long maxQueuedBytes) {

    public BatcherConfig {
        requirePositive("maxSamples", maxSamples);
        requirePositive("workers", workers);
        requirePositive("maxQueuedBytes", maxQueuedBytes);
        if (latencyGoal.isNegative() || latencyGoal.isZero()) {
            throw new IllegalArgumentException("latencyGoal: " + latencyGoal + " (expected: > 0)");
        }
        if (window.isNegative()) {
            throw new IllegalArgumentException("window: " + window + " (expected: >= 0)");
        }
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }
}

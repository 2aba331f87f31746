package io.reflux.teacher.batcher;

import java.time.Duration;

/**
 * Settings of a batcher.
 *
 * @param maxSamples most samples that enter the model together, at least 1
 * @param window how long the first sample of a batch waits for others, not negative
 * @param workers threads that render, compute and encode, at least 1
 * @param maxQueuedBytes most memory that waiting batches may hold over all students, at least 1
 */
public record BatcherConfig(int maxSamples, Duration window, int workers, long maxQueuedBytes) {

    public BatcherConfig {
        requirePositive("maxSamples", maxSamples);
        requirePositive("workers", workers);
        requirePositive("maxQueuedBytes", maxQueuedBytes);
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

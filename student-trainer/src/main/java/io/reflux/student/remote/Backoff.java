package io.reflux.student.remote;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with jitter: the n-th delay is drawn from [d/2, d), d = min(max, first 2^n), so that students which lost
 * one teacher together do not come back together.
 */
public final class Backoff {
    private final long firstMillis;
    private final long maxMillis;
    private final RandomGenerator random;
    private int failures;

    /** Begins with the first delay. */
    public Backoff(Duration first, Duration max, RandomGenerator random) {
        this.firstMillis = Math.max(2, first.toMillis());
        this.maxMillis = Math.max(firstMillis, max.toMillis());
        this.random = random;
    }

    /** Returns the next delay in milliseconds, at least 1. */
    public long nextMillis() {
        int doublings = Math.min(failures++, 30);
        long delay = Math.min(maxMillis, firstMillis << doublings);
        return delay / 2 + random.nextLong(delay - delay / 2);
    }

    /** Begins again with the first delay, after a success. */
    public void reset() {
        failures = 0;
    }
}

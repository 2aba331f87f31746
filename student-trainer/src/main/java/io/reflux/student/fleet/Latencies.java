package io.reflux.student.fleet;

import java.util.Arrays;

/** The last latencies of a fleet, and when a batch is late by them. */
final class Latencies {
    private static final int WINDOW = 128;
    private static final int ENOUGH = 8;
    private static final double QUANTILE = 0.95;
    private static final double SLACK = 1.5;

    private final long leastNanos;
    private final long unknownNanos;
    private final long[] window = new long[WINDOW];
    private int size;
    private int next;

    /**
     * Without latencies yet.
     *
     * @param leastNanos no batch is late before this
     * @param unknownNanos when a batch is late while too few latencies are known
     */
    Latencies(long leastNanos, long unknownNanos) {
        this.leastNanos = leastNanos;
        this.unknownNanos = unknownNanos;
    }

    void add(long nanos) {
        window[next] = nanos;
        next = (next + 1) % WINDOW;
        size = Math.min(WINDOW, size + 1);
    }

    /** Returns the age at which a batch is late: half more than 95 of 100 batches took. */
    long lateAfterNanos() {
        if (size < ENOUGH) {
            return Math.max(leastNanos, unknownNanos);
        }
        long[] sorted = Arrays.copyOf(window, size);
        Arrays.sort(sorted);
        long quantile = sorted[Math.min(size - 1, (int) (size * QUANTILE))];
        return Math.max(leastNanos, (long) (SLACK * quantile));
    }
}

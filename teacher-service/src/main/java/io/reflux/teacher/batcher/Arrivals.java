package io.reflux.teacher.batcher;

/**
 * When the next job of a lane is to be expected: its jobs' mean gap after the last one. A lane that is late by more than
 * another gap has fallen silent, and nothing is expected of it until it comes again.
 *
 * <p>Not thread-safe.
 */
final class Arrivals {

    private static final double WEIGHT = 0.25;

    private boolean any;
    private long last;

    /** Mean nanoseconds between jobs; negative before the second one. */
    private double gap = -1;

    /** Mean samples in a job. */
    private double samples;

    /** A job of at least one sample has come. */
    void record(int jobSamples, long now) {
        if (any) {
            double latest = now - last;
            gap = gap < 0 ? latest : gap + WEIGHT * (latest - gap);
            samples += WEIGHT * (jobSamples - samples);
        } else {
            samples = jobSamples;
        }
        any = true;
        last = now;
    }

    /** Nanoseconds until the next job; 0 when it is late; infinite when nothing is expected. */
    double nanosUntilNext(long now) {
        double since = now - last;
        if (gap < 0 || since > 2 * gap) {
            return Double.POSITIVE_INFINITY;
        }
        return Math.max(0, gap - since);
    }

    /** Samples to be expected in it, at least 1. */
    int nextSamples() {
        return Math.max(1, (int) Math.round(samples));
    }
}

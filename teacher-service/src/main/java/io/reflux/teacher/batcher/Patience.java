package io.reflux.teacher.batcher;

import java.util.Collection;

/**
 * Decides how long a batch that is not full waits for more rows.
 *
 * <p>To wait costs time, and so does to run the model twice. A batch of n rows waits for m more only if they are expected sooner
 * than T(n) + T(m) - T(n + m), what one run in the place of two saves on the latency curve T; and no longer than that. While the
 * model is busy with earlier batches, waiting costs nothing until shortly before it is free.
 *
 * <p>Nobody is waited for who is held up by credit or connection, has fallen silent, or is alone: a single student's next batch
 * depends on the answer to this one.
 */
final class Patience {

    private final long maxNanos;
    private final LatencyCurve curve;

    /** @param maxNanos the longest wait while the model is idle; 0: never waits, not even while the model is busy */
    Patience(long maxNanos, LatencyCurve curve) {
        this.maxNanos = maxNanos;
        this.curve = curve;
    }

    /**
     * Nanoseconds from now that the batch may wait; 0: it should run.
     *
     * @param rows of the batch so far
     * @param room rows that it still takes
     * @param waited nanoseconds that it has waited while the model was idle
     * @param freeNanos nanoseconds until the model will want the batch; 0 or less: it is idle
     */
    long nanos(int rows, int room, long waited, double freeNanos, Collection<LaneQueue> lanes, long now) {
        if (maxNanos == 0 || room < 1 || able(lanes) < 2) {
            return 0;
        }
        double longest = 0;
        for (LaneQueue lane : lanes) {
            if (lane.stalled()) {
                continue;
            }
            double expected = lane.arrivals().nanosUntilNext(now);
            double bearable =
                    Math.min(saving(rows, Math.min(room, lane.arrivals().nextSamples())), maxNanos - waited);
            double until = Math.max(freeNanos, bearable);
            if (expected < until) {
                longest = Math.max(longest, until);
            }
        }
        return (long) longest;
    }

    private double saving(int rows, int more) {
        double saved = curve.nanos(rows) + curve.nanos(more) - curve.nanos(rows + more);
        return Double.isNaN(saved) ? 0 : saved;
    }

    private static int able(Collection<LaneQueue> lanes) {
        int able = 0;
        for (LaneQueue lane : lanes) {
            able += lane.stalled() ? 0 : 1;
        }
        return able;
    }
}

package io.reflux.teacher.batcher;

import java.util.Collection;

/**
 * How large batches are and how long they wait, by what was measured so far. Guarded by the batcher's lock.
 */
final class Pace {

    private static final double WEIGHT = 0.125;

    /** To wake a worker, to hand the answers over, and a message for each student: matters for models that take no longer. */
    private static final long OVERHEAD_NANOS = 100_000;

    private final LatencyCurve curve = new LatencyCurve();
    private final BatchSize size;
    private final Patience patience;
    private final int fixedRows;

    /** Batches that a worker has taken and the model has not finished. */
    private int taken;

    /** When the model is expected to have finished them. */
    private double freeAt;

    private double renderNanosPerRow;
    private long lastWait;

    Pace(BatcherConfig config) {
        this.size = new BatchSize(config.maxSamples(), config.latencyGoal().toNanos(), OVERHEAD_NANOS, curve);
        this.patience = new Patience(config.window().toNanos(), curve);
        this.fixedRows = config.fixedShape() ? config.maxSamples() : 0;
    }

    /** Most rows of the next batch, while {@code ready} rows wait. */
    int limit(int ready) {
        return fixedRows > 0 ? fixedRows : size.next(ready);
    }

    /** Nanoseconds from now that a batch of {@code rows} may wait for more. */
    long patience(int rows, int room, long waited, Collection<LaneQueue> lanes, long now) {
        double free = taken == 0 ? 0 : freeAt - now - renderNanosPerRow * rows;
        lastWait = patience.nanos(rows, room, waited, free, lanes, now);
        return lastWait;
    }

    /** Whether the model has batches to compute. */
    boolean modelBusy() {
        return taken > 0;
    }

    /** A worker has taken a batch. */
    void taken(int rows, long now) {
        double expected = curve.nanos(rows);
        freeAt = Math.max(taken == 0 ? now : freeAt, now) + (Double.isNaN(expected) ? 0 : expected);
        taken++;
    }

    /** The model is done with a batch that was taken; {@code modelNanos} negative: without success. */
    void done(int rows, long renderNanos, long modelNanos, long now) {
        taken--;
        if (taken == 0) {
            freeAt = now;
        }
        renderNanosPerRow += WEIGHT * (renderNanos / (double) rows - renderNanosPerRow);
        if (modelNanos >= 0) {
            curve.record(rows, modelNanos);
            size.measured();
        }
    }

    /** Another model answers from now on. */
    void forget() {
        curve.clear();
    }

    /** The size that full batches have. */
    int target() {
        return fixedRows > 0 ? fixedRows : size.target();
    }

    /** Nanoseconds that the last batch was let wait for more rows. */
    long lastWait() {
        return lastWait;
    }

    /** Model nanoseconds a sample at the chosen size; NaN before it was measured. */
    double nanosPerSample() {
        return curve.nanos(target()) / target();
    }
}

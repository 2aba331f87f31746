package io.reflux.teacher.batcher;

/**
 * Chooses how many rows a batch has when enough of them wait: the knee of the latency curve.
 *
 * <p>Candidates are the powers of two and the largest size. Chosen is the smallest whose time a row is within 5 % of the best,
 * among those that take the model no longer than the goal: a larger one would make everybody wait longer for next to nothing.
 *
 * <p>What is not measured is tried: the next larger candidate at once, its neighbours now and then and the others seldom, so that a
 * curve that has changed is noticed. Only sizes that are expected to keep the goal are tried, and only when enough rows wait.
 *
 * <p>Not thread-safe.
 */
final class BatchSize {

    /** The size to begin with. */
    static final int FIRST = 16;

    private static final double TOLERANCE = 1.05;

    /** Of so many full batches one tries another size. */
    private static final int TRIAL_EVERY = 32;

    private final int max;
    private final long goalNanos;
    private final long overheadNanos;
    private final LatencyCurve curve;

    /** Of so many trials one is not of a neighbour. */
    private static final int FAR_EVERY = 4;

    private int target;
    private int untilTrial = TRIAL_EVERY;
    private int trials;

    /** The candidate that was tried last for no other reason than that its turn had come. */
    private int far = 1;

    /**
     * A size that nothing was measured for.
     *
     * @param max the largest, at least 1
     * @param goalNanos what one batch may take the model; a size of 1 is allowed whatever it takes
     * @param overheadNanos what a batch costs beside the model
     */
    BatchSize(int max, long goalNanos, long overheadNanos, LatencyCurve curve) {
        this.max = max;
        this.goalNanos = goalNanos;
        this.overheadNanos = overheadNanos;
        this.curve = curve;
        this.target = Math.min(max, FIRST);
    }

    /** The size chosen by now. */
    int target() {
        return target;
    }

    /** Most rows of the next batch, while {@code waiting} rows wait: the chosen size, or one to be tried. */
    int next(int waiting) {
        if (waiting <= target) {
            return target;
        }
        int larger = larger(target);
        if (!curve.knows(larger) && curve.knows(target) && isWorthATry(larger, waiting)) {
            return larger;
        }
        untilTrial--;
        if (untilTrial <= 0) {
            untilTrial = TRIAL_EVERY;
            int trial = trial();
            if (isWorthATry(trial, waiting)) {
                return trial;
            }
        }
        return target;
    }

    /** Mostly a neighbour, since a much larger batch is one that others wait for; each of the others in its turn. */
    private int trial() {
        trials++;
        if (trials % FAR_EVERY == 0) {
            far = far == max ? 1 : larger(far);
            return far;
        }
        return trials % 2 == 0 ? half(target) : larger(target);
    }

    /** A measurement was added to the curve. */
    void measured() {
        if (!curve.knows(target) && curve.nanos(target) <= goalNanos) {
            // Small batches of few waiting rows say nothing against it.
            return;
        }
        double best = Double.POSITIVE_INFINITY;
        for (int size = 1; ; size = larger(size)) {
            if (keepsGoal(size)) {
                best = Math.min(best, rowNanos(size));
            }
            if (size == max) {
                break;
            }
        }
        if (best == Double.POSITIVE_INFINITY) {
            // Nothing that was measured keeps the goal; half as much may.
            target = curve.knows(target) ? half(target) : target;
            return;
        }
        for (int size = 1; ; size = larger(size)) {
            if (keepsGoal(size) && rowNanos(size) <= best * TOLERANCE) {
                target = size;
                return;
            }
        }
    }

    private double rowNanos(int size) {
        return (curve.nanos(size) + overheadNanos) / size;
    }

    private boolean keepsGoal(int size) {
        return curve.knows(size) && curve.nanos(size) <= goalNanos;
    }

    private boolean isWorthATry(int size, int waiting) {
        return size <= waiting && (size == 1 || curve.nanos(size) <= goalNanos);
    }

    /** The candidate below, at least 1. */
    private static int half(int size) {
        return Math.max(1, Integer.highestOneBit(size - 1));
    }

    private int larger(int size) {
        return size > max / 2 ? max : size * 2;
    }
}

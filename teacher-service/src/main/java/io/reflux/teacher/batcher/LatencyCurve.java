package io.reflux.teacher.batcher;

import java.util.Arrays;

/**
 * How long the model takes for a batch of n rows, as measured so far.
 *
 * <p>Sizes are grouped by powers of two, (2^(k-1), 2^k]. Each group keeps one mean point (rows, nanoseconds); between the points
 * the curve is a straight line. A mean of points on a line lies on it, so a cost a + b n is found exactly, whatever sizes come.
 *
 * <p>What disturbs a measurement, such as a collection or another process, only ever adds to it. A faster one therefore counts for
 * more than a slower one, and a smaller batch is never taken to cost more than a larger one did.
 *
 * <p>Not thread-safe.
 */
final class LatencyCurve {

    private static final double FASTER = 0.5;
    private static final double SLOWER = 0.125;

    /** The first batch of a size may be slow for reasons of its own, such as memory to be allocated or kernels to be chosen. */
    private static final int ENOUGH = 2;

    private final int[] count = new int[Integer.SIZE];
    private final double[] rows = new double[Integer.SIZE];
    private final double[] nanos = new double[Integer.SIZE];

    /** Adds a measurement of at least one row. */
    void record(int measuredRows, long measuredNanos) {
        int group = group(measuredRows);
        double ratio = measuredNanos / (double) measuredRows / (nanos[group] / rows[group]);
        // Below a half the old value was a disturbance itself, such as the first call of all. NaN: there is none yet.
        double weight = !(ratio > 0.5) ? 1 : ratio < 1 ? FASTER : SLOWER;
        rows[group] += weight * (measuredRows - rows[group]);
        nanos[group] += weight * (measuredNanos - nanos[group]);
        count[group] = Math.min(ENOUGH, count[group] + 1);
    }

    /** Forgets everything: another model answers. */
    void clear() {
        Arrays.fill(count, 0);
        Arrays.fill(rows, 0);
        Arrays.fill(nanos, 0);
    }

    /** Whether sizes like this one were measured often enough to judge by. */
    boolean knows(int size) {
        return count[group(size)] == ENOUGH;
    }

    /** Expected nanoseconds for a batch; 0 rows take none; NaN before the first measurement. */
    double nanos(int size) {
        if (size == 0) {
            return 0;
        }
        int above = next(-1);
        int below = -1;
        while (above >= 0 && rows[above] < size) {
            below = above;
            above = next(above);
        }
        if (below < 0 && above < 0) {
            return Double.NaN;
        }
        if (below < 0) {
            int second = next(above);
            double least = cost(above) * size / rows[above];
            return second < 0 ? least : Math.max(least, line(above, second, size));
        }
        if (above < 0) {
            int former = previous(below);
            double most = cost(below) * size / rows[below];
            return former < 0 ? most : Math.min(most, line(former, below, size));
        }
        return line(below, above, size);
    }

    private double line(int from, int to, double size) {
        double slope = (cost(to) - cost(from)) / (rows[to] - rows[from]);
        return cost(from) + slope * (size - rows[from]);
    }

    /** The group's time, or that of a larger one that was faster. */
    private double cost(int group) {
        double least = nanos[group];
        for (int i = next(group); i >= 0; i = next(i)) {
            least = Math.min(least, nanos[i]);
        }
        return least;
    }

    private int next(int group) {
        for (int i = group + 1; i < rows.length; i++) {
            if (rows[i] > 0) {
                return i;
            }
        }
        return -1;
    }

    private int previous(int group) {
        int i = group - 1;
        while (i >= 0 && rows[i] == 0) {
            i--;
        }
        return i;
    }

    private static int group(int size) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
    }
}

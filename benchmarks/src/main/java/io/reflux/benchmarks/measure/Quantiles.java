package io.reflux.benchmarks.measure;

import java.util.List;

/** Quantiles of measurements by the nearest rank. */
public final class Quantiles {

    private final double[] sorted;

    /**
     * Sorts the values.
     *
     * @throws IllegalArgumentException if there are none
     */
    public Quantiles(List<? extends Number> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("values: none (expected: at least one)");
        }
        this.sorted = values.stream().mapToDouble(Number::doubleValue).sorted().toArray();
    }

    /**
     * The smallest value that at least this share of all does not exceed.
     *
     * @param share from 0, the least value, to 1, the greatest
     */
    public double at(double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(0, rank - 1)];
    }

    /** The value in the middle; of an even number of values the mean of the two. */
    public double median() {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

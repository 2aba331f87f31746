package io.reflux.quantization.observer;

import io.reflux.model.graph.ModelException;

/** Which observer, and its settings. */
public sealed interface ObserverConfig {

    /** An observer that has seen nothing yet. */
    Observer create();

    /** The least and the largest value. */
    record MinMax() implements ObserverConfig {
        @Override
        public Observer create() {
            return new ExtremesObserver();
        }
    }

    /**
     * An exponential average of the batches' least and largest values.
     *
     * @param share of a new batch in the average, in (0, 1]
     */
    record MovingAverage(double share) implements ObserverConfig {

        public MovingAverage {
            require("share", share, share > 0 && share <= 1, "in (0, 1]");
        }

        @Override
        public Observer create() {
            return new MovingAverageObserver(share);
        }
    }

    /**
     * All but a share of the values at each end.
     *
     * @param percentile in (50, 100]
     */
    record Percentile(double percentile) implements ObserverConfig {

        public Percentile {
            require("percentile", percentile, percentile > 50 && percentile <= 100, "in (50, 100]");
        }

        @Override
        public Observer create() {
            return new HistogramObserver(new PercentileRule(percentile));
        }
    }

    /** The range with the least mean squared error on the histogram. */
    record SquaredError() implements ObserverConfig {
        @Override
        public Observer create() {
            return new HistogramObserver(new SquaredErrorRule());
        }
    }

    /** The range with the least Kullback–Leibler divergence on the histogram. */
    record Entropy() implements ObserverConfig {
        @Override
        public Observer create() {
            return new HistogramObserver(new EntropyRule());
        }
    }

    /**
     * The observer of a name.
     *
     * @param name {@code min-max}, {@code moving-average}, {@code percentile} (99.99), {@code mse} or {@code entropy}
     * @throws ModelException if the name is none of these
     */
    static ObserverConfig of(String name) {
        return switch (name) {
            case "min-max" -> new MinMax();
            case "moving-average" -> new MovingAverage(0.01);
            case "percentile" -> new Percentile(99.99);
            case "mse" -> new SquaredError();
            case "entropy" -> new Entropy();
            default ->
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        "observer: " + name + " (expected: min-max, moving-average, percentile, mse or entropy)");
        };
    }

    private static void require(String name, Object value, boolean holds, String expected) {
        if (!holds) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, name + ": " + value + " (expected: " + expected + ")");
        }
    }
}

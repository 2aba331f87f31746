package io.reflux.model.step;

/** The ranges that hyper-parameters must lie in. */
final class Ranges {

    private Ranges() {}

    static void requirePositive(String name, double value) {
        require(name, value, value > 0 && Double.isFinite(value), "> 0 and finite");
    }

    static void requireNonNegative(String name, double value) {
        require(name, value, value >= 0 && Double.isFinite(value), ">= 0 and finite");
    }

    static void requireFraction(String name, double value) {
        require(name, value, value >= 0 && value < 1, "in [0, 1)");
    }

    static void require(String name, Object value, boolean holds, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }
}

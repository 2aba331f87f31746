package io.reflux.student.recipe;

/** Checks of single settings; what they throw reads {@code temperature: 0.0 (expected: > 0)}. */
final class Setting {
    private Setting() {}

    static double above(String name, double value, double bound) {
        return require(value > bound && Double.isFinite(value), name, value, "> " + text(bound));
    }

    static double atLeast(String name, double value, double bound) {
        return require(value >= bound && Double.isFinite(value), name, value, ">= " + text(bound));
    }

    static int atLeast(String name, int value, int bound) {
        return require(value >= bound, name, value, ">= " + bound);
    }

    static long atLeast(String name, long value, long bound) {
        return require(value >= bound, name, value, ">= " + bound);
    }

    /** A number in [from, below). */
    static double inRange(String name, double value, double from, double below) {
        return require(value >= from && value < below, name, value, text(from) + " <= " + name + " < " + text(below));
    }

    static int inRange(String name, int value, int from, int through) {
        return require(value >= from && value <= through, name, value, from + " to " + through);
    }

    static <T> T require(boolean holds, String name, T value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
        return value;
    }

    private static String text(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}

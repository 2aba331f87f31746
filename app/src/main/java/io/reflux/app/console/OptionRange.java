package io.reflux.app.console;

/** Ranges of numbers that are given as options; refusals name the option, in the unit that it is given in. */
public final class OptionRange {
    private OptionRange() {}

    /**
     * Returns {@code value} where it lies in {@code least} to {@code most}, both included.
     *
     * @throws IllegalArgumentException if it does not
     */
    public static int require(String option, int value, int least, int most) {
        return (int) require(option, (long) value, least, most);
    }

    /** The same for 64-bit numbers. */
    public static long require(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(option + ": " + value + " (expected: " + least + " to " + most + ")");
        }
        return value;
    }
}

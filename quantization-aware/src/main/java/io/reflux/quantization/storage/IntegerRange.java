package io.reflux.quantization.storage;

import java.util.Arrays;
import java.util.Optional;

/**
 * The integers that a tensor has.
 *
 * @param least the smallest
 * @param most the largest, &ge; least
 * @param step what all their differences are multiples of, &gt; 0
 */
record IntegerRange(long least, long most, long step) {

    static IntegerRange of(long[] values) {
        long least = Arrays.stream(values).min().orElse(0);
        long step = Arrays.stream(values).map(value -> value - least).reduce(0, IntegerRange::divisor);
        return new IntegerRange(least, Arrays.stream(values).max().orElse(0), Math.max(1, step));
    }

    /** Those of so many bits, two's complement. */
    static IntegerRange signed(int bits) {
        return new IntegerRange(-1L << (bits - 1), (1L << (bits - 1)) - 1, 1);
    }

    private static long divisor(long a, long b) {
        return b == 0 ? a : divisor(b, a % b);
    }

    /** How many different integers lie in it. */
    long levels() {
        return (most - least) / step + 1;
    }

    /** What these are when divided by the step, if all can be. */
    Optional<IntegerRange> divided() {
        return least % step == 0 ? Optional.of(new IntegerRange(least / step, most / step, 1)) : Optional.empty();
    }

    boolean isWithin(long smallest, long largest) {
        return least >= smallest && most <= largest;
    }
}

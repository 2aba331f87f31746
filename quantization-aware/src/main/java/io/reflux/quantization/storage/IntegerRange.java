package io.reflux.quantization.storage;

import java.util.Arrays;

/**
 * The integers that a tensor has.
 *
 * @param least the smallest
 * @param most the largest, &ge; least
 */
record IntegerRange(long least, long most) {

    static IntegerRange of(long[] values) {
        return new IntegerRange(
                Arrays.stream(values).min().orElse(0),
                Arrays.stream(values).max().orElse(0));
    }

    /** Those of so many bits, two's complement. */
    static IntegerRange signed(int bits) {
        return new IntegerRange(-1L << (bits - 1), (1L << (bits - 1)) - 1);
    }

    /** How many different integers lie in it. */
    long levels() {
        return most - least + 1;
    }

    boolean isWithin(long smallest, long largest) {
        return least >= smallest && most <= largest;
    }
}

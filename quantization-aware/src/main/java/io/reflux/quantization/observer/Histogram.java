package io.reflux.quantization.observer;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Counts of values in bins of one width over [−2ᵏ, 2ᵏ). When a value falls outside, k grows and neighbouring bins become
 * one, so histograms of any parts of the data merge exactly, in any order.
 */
final class Histogram {

    /** Even, so that 0 is an edge. At least a quarter of them cover the larger side. */
    static final int BINS = 8192;

    private static final int HALF = BINS / 2;

    /** Smaller values than 2 to this power are counted as 0. */
    private static final int LEAST_EXPONENT = -60;

    private final long[] counts = new long[BINS];
    private int exponent = LEAST_EXPONENT;

    void add(FloatBuffer values, float magnitude) {
        growTo(magnitude == 0 ? LEAST_EXPONENT : Math.getExponent(magnitude) + 1);
        double perBin = HALF / Math.scalb(1.0, exponent);
        for (int i = values.position(); i < values.limit(); i++) {
            counts[(int) Math.floor(values.get(i) * perBin) + HALF]++;
        }
    }

    void merge(Histogram other) {
        growTo(other.exponent);
        int shift = exponent - other.exponent;
        for (int i = 0; i < BINS; i++) {
            if (other.counts[i] > 0) {
                counts[moved(i, shift)] += other.counts[i];
            }
        }
    }

    private void growTo(int wanted) {
        if (wanted <= exponent) {
            return;
        }
        int shift = wanted - exponent;
        long[] before = counts.clone();
        Arrays.fill(counts, 0);
        for (int i = 0; i < BINS; i++) {
            counts[moved(i, shift)] += before[i];
        }
        exponent = wanted;
    }

    /** The place of a bin when bins are 2^shift times as wide. */
    private static int moved(int bin, int shift) {
        int fromZero = bin - HALF;
        return (shift >= Integer.SIZE - 1 ? (fromZero < 0 ? -1 : 0) : fromZero >> shift) + HALF;
    }

    long count(int bin) {
        return counts[bin];
    }

    double width() {
        return Math.scalb(1.0, exponent) / HALF;
    }

    /** The lower edge of a bin; of {@link #BINS}, the upper one of the last. */
    double edge(int bin) {
        return (bin - HALF) * width();
    }

    /** What stands for the values of a bin; 0 for the one that begins with 0, since zeros are what it mostly holds. */
    double center(int bin) {
        return bin == HALF ? 0 : (bin - HALF + 0.5) * width();
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(exponent);
        for (long count : counts) {
            out.writeLong(count);
        }
    }

    void read(DataInput in) throws IOException {
        exponent = in.readInt();
        for (int i = 0; i < BINS; i++) {
            counts[i] = in.readLong();
        }
    }
}

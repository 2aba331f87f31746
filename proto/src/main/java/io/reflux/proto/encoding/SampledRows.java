package io.reflux.proto.encoding;

import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Each row as N classes drawn with replacement from p = softmax(logits / T), and how often each was drawn (random sampling
 * distillation, arXiv:2503.16870, with the proposal p itself): count / N is an unbiased estimate of p, and so is the gradient
 * of a distillation loss at T that is made of it.
 *
 * <p>One draw is made from each N-th of the distribution (stratified, Douc and Cappé 2005, arXiv:cs/0507025): as unbiased as
 * independent draws, and no count varies more than theirs would.
 *
 * <p>A row is a sequence of pairs in order of their classes, until the counts add up to N: the class in ceil(log2 C) bits, and
 * the count in Elias's gamma code, a 0 for each binary digit after the first, a 1, then those digits.
 *
 * <p>Decoded logits are T log(count / N), and {@link #ABSENT} T for a class that was not drawn.
 */
final class SampledRows implements RowCodec {

    static final int MAX_COUNT = 4096;

    /** Logarithm of a probability that binary32 rounds to 0: the smallest subnormal is exp(-103.28), its half exp(-103.97). */
    static final double ABSENT = -104;

    private static final int MAX_DIGITS = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(MAX_COUNT);

    private final int count;
    private final float temperature;

    SampledRows(int count, float temperature) {
        this.count = count;
        this.temperature = temperature;
    }

    @Override
    public Encoding description() {
        return Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_RANDOM_SAMPLING)
                .setCount(count)
                .setTemperature(temperature)
                .build();
    }

    /** The gamma code of n takes at most 3 n / 2 bits, and no count is longer than that of all draws. */
    @Override
    public long maxRowBytes(int classes) {
        long distinct = Math.min(count, classes);
        long longest = 2L * digits(count) + 1;
        return Bits.bytes(distinct * Bits.width(classes) + Math.min(count + count / 2, distinct * longest));
    }

    @Override
    public boolean isFixedSize() {
        return false;
    }

    @Override
    public boolean isRandom() {
        return true;
    }

    @Override
    public void encode(float[] logits, int from, int classes, long seed, ByteBuffer out) {
        double[] weights = Softmax.weights(logits, from, classes, temperature);
        double step = Softmax.sum(weights) / count;
        SplitMix random = new SplitMix(seed);
        Bits.Writer bits = new Bits.Writer(out);
        int width = Bits.width(classes);
        double mass = 0;
        int drawn = 0;
        double next = random.nextUnit() * step;
        int last = lastPositive(weights);
        for (int c = 0; drawn < count; c++) {
            mass += weights[c];
            int before = drawn;
            while (drawn < count && (next < mass || c == last)) {
                drawn++;
                next = (drawn + random.nextUnit()) * step;
            }
            if (drawn > before) {
                bits.write(c, width);
                writeCount(bits, drawn - before);
            }
        }
        bits.finish();
    }

    /** Takes the draws that rounding puts at the very end. */
    private static int lastPositive(double[] weights) {
        int last = weights.length - 1;
        while (weights[last] == 0) {
            last--;
        }
        return last;
    }

    private static int digits(int count) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(count);
    }

    private static void writeCount(Bits.Writer bits, int count) {
        int digits = digits(count);
        bits.write(1 << digits, digits + 1);
        bits.write(count - (1 << digits), digits);
    }

    private int readCount(Bits.Reader bits, int drawn) {
        int digits = 0;
        while (bits.read(1) == 0) {
            if (++digits > MAX_DIGITS) {
                throw EncodingException.malformed("count: above " + MAX_COUNT + " (expected: at most " + count + ")");
            }
        }
        int read = (1 << digits) + bits.read(digits);
        if (read > count - drawn) {
            throw EncodingException.malformed("counts: " + (drawn + read) + " (expected: " + count + ", the draws)");
        }
        return read;
    }

    @Override
    public void decode(ByteBuffer in, int classes, float[] target, int to) {
        Arrays.fill(target, to, to + classes, (float) (temperature * ABSENT));
        Bits.Reader bits = new Bits.Reader(in);
        int width = Bits.width(classes);
        int last = -1;
        for (int drawn = 0; drawn < count; ) {
            int c = bits.read(width);
            if (c <= last || c >= classes) {
                throw EncodingException.outOfOrder(c, last, classes);
            }
            last = c;
            int times = readCount(bits, drawn);
            drawn += times;
            target[to + c] = (float) (temperature * Math.log((double) times / count));
        }
        bits.finish();
    }
}

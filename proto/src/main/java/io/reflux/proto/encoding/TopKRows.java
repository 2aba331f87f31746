package io.reflux.proto.encoding;

import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Each row as its k = min(count, C) largest classes with their log-probabilities at a temperature T, and the log of the mass
 * of all the others.
 *
 * <p>A row: k binary16 log-probabilities in order of their classes; if k is less than C, a binary16 log of the tail's mass;
 * then the k classes, increasing, in ceil(log2 C) bits each. Of equal logits the lower classes are kept.
 *
 * <p>Decoded logits are T log p for a class that was kept, and T log(tail / (C - k)) for each other: softmax at T gives the
 * kept probabilities, and spreads the tail evenly. The log-probabilities are as precise as binary16 is, 2^-11 relative, and
 * saturate at -65504.
 */
final class TopKRows implements RowCodec {

    static final int MAX_COUNT = 1 << 20;

    private static final double SMALLEST = -65504;

    private final int count;
    private final float temperature;

    TopKRows(int count, float temperature) {
        this.count = count;
        this.temperature = temperature;
    }

    @Override
    public Encoding description() {
        return Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_TOP_K)
                .setCount(count)
                .setTemperature(temperature)
                .build();
    }

    @Override
    public long maxRowBytes(int classes) {
        int kept = Math.min(count, classes);
        long halves = kept < classes ? kept + 1 : kept;
        return halves * Short.BYTES + Bits.bytes((long) kept * Bits.width(classes));
    }

    @Override
    public boolean isFixedSize() {
        return true;
    }

    @Override
    public void encode(float[] logits, int from, int classes, long seed, ByteBuffer out) {
        int[] kept = largest(logits, from, classes);
        double[] weights = Softmax.weights(logits, from, classes, temperature);
        double logSum = Math.log(Softmax.sum(weights));
        float max = Softmax.max(logits, from, classes);
        for (int c : kept) {
            out.putShort(half(Softmax.logWeight(logits[from + c], max, temperature) - logSum));
            weights[c] = 0;
        }
        if (kept.length < classes) {
            // Summed on its own: 1 - what is kept would lose a small tail to rounding.
            out.putShort(half(Math.log(Softmax.sum(weights)) - logSum));
        }
        Bits.Writer bits = new Bits.Writer(out);
        int width = Bits.width(classes);
        for (int c : kept) {
            bits.write(c, width);
        }
        bits.finish();
    }

    /** The classes of the k largest logits, increasing; of equal ones the lower. */
    private int[] largest(float[] logits, int from, int classes) {
        int[] kept = new int[Math.min(count, classes)];
        float threshold = LargestValues.kth(logits, from, classes, kept.length);
        int ties = kept.length;
        for (int c = 0; c < classes; c++) {
            if (logits[from + c] > threshold) {
                ties--;
            }
        }
        int next = 0;
        for (int c = 0; next < kept.length; c++) {
            float logit = logits[from + c];
            if (logit > threshold || logit == threshold && ties-- > 0) {
                kept[next++] = c;
            }
        }
        return kept;
    }

    /** Rounding must not make a probability larger than 1, and the mass of an empty tail is finite. */
    private static short half(double logProbability) {
        return HalfFloat.fromFloat((float) Math.max(SMALLEST, Math.min(0, logProbability)));
    }

    @Override
    public void decode(ByteBuffer in, int classes, float[] target, int to) {
        int kept = Math.min(count, classes);
        float[] logits = new float[kept];
        for (int i = 0; i < kept; i++) {
            logits[i] = (float) (temperature * logProbability(in));
        }
        if (kept < classes) {
            double each = logProbability(in) - Math.log(classes - kept);
            Arrays.fill(target, to, to + classes, (float) (temperature * each));
        }
        Bits.Reader bits = new Bits.Reader(in);
        int width = Bits.width(classes);
        int last = -1;
        for (float logit : logits) {
            int c = bits.read(width);
            if (c <= last || c >= classes) {
                throw EncodingException.outOfOrder(c, last, classes);
            }
            last = c;
            target[to + c] = logit;
        }
        bits.finish();
    }

    private static double logProbability(ByteBuffer in) {
        float value = HalfFloat.toFloat(in.getShort());
        if (!(value <= 0) || value < SMALLEST) {
            throw EncodingException.malformed("log-probability: " + value + " (expected: -65504 to 0)");
        }
        return value;
    }
}

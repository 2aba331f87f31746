package io.reflux.quantization.qparams;

import io.reflux.model.graph.GraphTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A constant tensor as integers with their qparams. The arrays are this object's own; the accessors that return them
 * return copies.
 */
public final class QuantizedTensor {

    /** Of the largest scale of a tensor in its smallest. */
    private static final float LEAST_SHARE = 0x1p-12f;

    /** Parts of the range that are tried. */
    private static final int CLIPPINGS = 64;

    private final String name;
    private final long[] shape;
    private final Granularity granularity;
    private final int[] places;
    private final List<QParams> qparams;
    private final int[] codes;

    private QuantizedTensor(
            String name, long[] shape, Granularity granularity, int[] places, List<QParams> qparams, int[] codes) {
        this.name = name;
        this.shape = shape.clone();
        this.granularity = granularity;
        this.places = places;
        this.qparams = List.copyOf(qparams);
        this.codes = codes;
    }

    /**
     * Quantises a tensor: in 8 bits with scales that cover all of their elements, in fewer with those of least squared error.
     * No scale is smaller than 2⁻¹² of the largest, not even that of a channel of zeros, and of nothing but zeros all are 2⁻¹²:
     * engines add biases as 32-bit integers in units of this scale, which must neither overflow nor be coarse.
     */
    public static QuantizedTensor of(GraphTensor tensor, Granularity granularity, Scheme scheme) {
        long[] shape = tensor.shape();
        int[] places = granularity.places(shape);
        float[] values = tensor.floats();
        int numScales = Math.toIntExact(Arrays.stream(granularity.scales(shape)).reduce(1, (a, b) -> a * b));
        float[] least = new float[numScales];
        float[] most = new float[numScales];
        for (int i = 0; i < values.length; i++) {
            least[places[i]] = Math.min(least[places[i]], values[i]);
            most[places[i]] = Math.max(most[places[i]], values[i]);
        }
        float[][] members = scheme.bits() == Byte.SIZE ? new float[0][] : members(values, places, numScales);
        List<QParams> qparams = new ArrayList<>(numScales);
        float largest = 0;
        for (int i = 0; i < numScales; i++) {
            Range range = new Range(least[i], most[i]);
            qparams.add(
                    switch (scheme.bits()) {
                        case 8 -> scheme.qparams(range);
                        case 1 -> scheme.qparams(meanMagnitude(members[i]));
                        default -> leastError(members[i], scheme, range);
                    });
            largest = range.magnitude() == 0
                    ? largest
                    : Math.max(largest, qparams.get(i).scale());
        }
        if (scheme.symmetric()) {
            // Of nothing but zeros any scale is right, and biases want a small one.
            float floor = (largest == 0 ? 1 : largest) * LEAST_SHARE;
            for (int i = 0; i < numScales; i++) {
                boolean dead = least[i] == 0 && most[i] == 0;
                if (dead || qparams.get(i).scale() < floor) {
                    qparams.set(i, qparams.get(i).withScale(floor));
                }
            }
        }
        return of(tensor, granularity, qparams);
    }

    /** The values of each scale, in their order. */
    private static float[][] members(float[] values, int[] places, int numScales) {
        int[] sizes = new int[numScales];
        for (int place : places) {
            sizes[place]++;
        }
        float[][] members = new float[numScales][];
        Arrays.setAll(members, i -> new float[sizes[i]]);
        int[] next = new int[numScales];
        for (int i = 0; i < values.length; i++) {
            members[places[i]][next[places[i]]++] = values[i];
        }
        return members;
    }

    private static Range meanMagnitude(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += Math.abs(value);
        }
        float mean = (float) (sum / Math.max(1, values.length));
        return new Range(-mean, mean);
    }

    private static QParams leastError(float[] values, Scheme scheme, Range range) {
        QParams best = scheme.qparams(range);
        double leastError = Double.POSITIVE_INFINITY;
        for (int step = CLIPPINGS; step > CLIPPINGS / 5; step--) {
            float part = (float) step / CLIPPINGS;
            QParams candidate = scheme.qparams(new Range(range.least() * part, range.most() * part));
            double error = 0;
            for (float value : values) {
                double difference = value - candidate.fakeQuantize(value);
                error += difference * difference;
            }
            if (error < leastError) {
                leastError = error;
                best = candidate;
            }
        }
        return best;
    }

    /**
     * Quantises a tensor to given qparams.
     *
     * @param qparams one for each scale of the granularity, in its order
     */
    public static QuantizedTensor of(GraphTensor tensor, Granularity granularity, List<QParams> qparams) {
        int[] places = granularity.places(tensor.shape());
        float[] values = tensor.floats();
        int[] codes = new int[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = qparams.get(places[i]).quantize(values[i]);
        }
        return new QuantizedTensor(tensor.name(), tensor.shape(), granularity, places, qparams, codes);
    }

    /** The same qparams with other integers. */
    public QuantizedTensor withCodes(int[] other) {
        return new QuantizedTensor(name, shape, granularity, places, qparams, other.clone());
    }

    public String name() {
        return name;
    }

    public long[] shape() {
        return shape.clone();
    }

    public Granularity granularity() {
        return granularity;
    }

    /** The qparams of each scale, in the order of {@link Granularity#scales}. */
    public List<QParams> qparams() {
        return qparams;
    }

    /** The integers, row-major. */
    public int[] codes() {
        return codes.clone();
    }

    /** The real numbers that the integers stand for, row-major. */
    public float[] values() {
        float[] values = new float[codes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = qparams.get(places[i]).dequantize(codes[i]);
        }
        return values;
    }
}

package io.reflux.quantization.observer;

import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;
import java.util.Arrays;

/**
 * The range with the least KL(P ‖ Q), P the values' distribution clamped to the range and Q what is left of it when all
 * values of an integer are one (Migacz 2017, "8-bit Inference with TensorRT", GTC, pp. 20–30). Where P has values and Q has
 * none there is no such place: an integer's share is spread evenly over those of its bins that have values.
 */
final class EntropyRule implements ClippingRule {

    private static final int CANDIDATES = 100;

    @Override
    public Range range(Histogram histogram, Range extremes, Scheme scheme) {
        Range all = extremes.withZero();
        Range best = all;
        double leastDivergence = Double.POSITIVE_INFINITY;
        for (int i = CANDIDATES; i > 0; i--) {
            float threshold = all.magnitude() * i / CANDIDATES;
            Range candidate = new Range(Math.max(all.least(), -threshold), Math.min(all.most(), threshold));
            double divergence = divergence(histogram, candidate, scheme.qparams(candidate));
            if (divergence < leastDivergence) {
                leastDivergence = divergence;
                best = candidate;
            }
        }
        return best;
    }

    /**
     * Zeros, which a Relu makes by the thousand, are exact in any integers; counted, they would draw the range together. Their
     * bin is taken to hold what its neighbour does.
     */
    private static long count(Histogram histogram, int bin) {
        return histogram.count(bin == Histogram.BINS / 2 ? bin + 1 : bin);
    }

    private static double divergence(Histogram histogram, Range range, QParams qparams) {
        int codes = qparams.quantMax() - qparams.quantMin() + 1;
        double[] shares = new double[codes];
        int[] occupied = new int[codes];
        int first = Histogram.BINS;
        int last = -1;
        for (int i = 0; i < Histogram.BINS; i++) {
            boolean inside = histogram.edge(i + 1) > range.least() && histogram.edge(i) <= range.most();
            if (inside && count(histogram, i) > 0) {
                int code = qparams.quantize((float) histogram.center(i)) - qparams.quantMin();
                shares[code] += count(histogram, i);
                occupied[code]++;
                first = Math.min(first, i);
                last = i;
            }
        }
        return last < 0 ? Double.POSITIVE_INFINITY : divergence(histogram, qparams, shares, occupied, first, last);
    }

    /** What P has beyond the range lies in its outermost bins; Q knows nothing of it, which is what clamping costs. */
    private static double divergence(
            Histogram histogram, QParams qparams, double[] shares, int[] occupied, int first, int last) {
        double below = 0;
        double above = 0;
        double total = 0;
        for (int i = 0; i < Histogram.BINS; i++) {
            total += count(histogram, i);
            below += i < first ? count(histogram, i) : 0;
            above += i > last ? count(histogram, i) : 0;
        }
        double kept = Arrays.stream(shares).sum();
        double sum = 0;
        for (int i = first; i <= last; i++) {
            double p = (count(histogram, i) + (i == first ? below : 0) + (i == last ? above : 0)) / total;
            if (p > 0) {
                int code = qparams.quantize((float) histogram.center(i)) - qparams.quantMin();
                sum += p * Math.log(p / (shares[code] / occupied[code] / kept));
            }
        }
        return sum;
    }
}

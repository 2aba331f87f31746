package io.reflux.quantization.observer;

import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;

/**
 * The range with the least mean squared error of the quantised values, rounding and clamping together (Banner et al. 2019,
 * arXiv:1810.05723, sec. 3, here measured on the histogram in place of an assumed distribution).
 */
final class SquaredErrorRule implements ClippingRule {

    private static final int STEPS = 64;

    private static final int ROUNDS = 2;

    /** Shrinks one end, then the other, by parts of {@link #STEPS}; once more, because each depends on the other. */
    @Override
    public Range range(Histogram histogram, Range extremes, Scheme scheme) {
        Range all = extremes.withZero();
        if (scheme.symmetric()) {
            return best(histogram, scheme, all, all, true, true);
        }
        Range range = all;
        for (int round = 0; round < ROUNDS; round++) {
            range = best(histogram, scheme, all, range, false, true);
            range = best(histogram, scheme, all, range, true, false);
        }
        return range;
    }

    private static Range best(
            Histogram histogram, Scheme scheme, Range all, Range start, boolean shrinkLeast, boolean shrinkMost) {
        Range best = start;
        double leastError = error(histogram, scheme.qparams(start));
        for (int i = 1; i <= STEPS; i++) {
            float part = (float) i / STEPS;
            Range candidate = new Range(
                    shrinkLeast ? all.least() * part : start.least(), shrinkMost ? all.most() * part : start.most());
            double error = error(histogram, scheme.qparams(candidate));
            if (error < leastError) {
                leastError = error;
                best = candidate;
            }
        }
        return best;
    }

    /** Sum of squared differences, each bin's values at its centre. */
    private static double error(Histogram histogram, QParams qparams) {
        double sum = 0;
        for (int i = 0; i < Histogram.BINS; i++) {
            long count = histogram.count(i);
            if (count > 0) {
                double x = histogram.center(i);
                double difference = x - qparams.fakeQuantize((float) x);
                sum += count * difference * difference;
            }
        }
        return sum;
    }
}

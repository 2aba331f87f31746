package io.reflux.quantization.observer;

import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;

/**
 * Leaves out a share of the values at each end.
 *
 * @param percentile share that stays below the upper end and above the lower one, in (50, 100]
 */
record PercentileRule(double percentile) implements ClippingRule {

    @Override
    public Range range(Histogram histogram, Range extremes, Scheme scheme) {
        long total = 0;
        for (int i = 0; i < Histogram.BINS; i++) {
            total += histogram.count(i);
        }
        double leftOut = total * (1 - percentile / 100);
        int from = 0;
        for (long below = histogram.count(0); below <= leftOut; below += histogram.count(from)) {
            from++;
        }
        int last = Histogram.BINS - 1;
        for (long above = histogram.count(last); above <= leftOut; above += histogram.count(last)) {
            last--;
        }
        float least = (float) Math.max(extremes.least(), histogram.edge(from));
        float most = (float) Math.min(extremes.most(), histogram.edge(last + 1));
        return new Range(Math.min(least, most), most);
    }
}

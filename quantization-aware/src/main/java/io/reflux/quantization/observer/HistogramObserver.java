package io.reflux.quantization.observer;

import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.FloatBuffer;

/** Covers what a rule makes of the values' histogram. */
final class HistogramObserver implements Observer {

    private final ClippingRule rule;
    private final Histogram histogram = new Histogram();
    private Extremes seen = Extremes.NONE;

    HistogramObserver(ClippingRule rule) {
        this.rule = rule;
    }

    @Override
    public void observe(FloatBuffer values) {
        Extremes batch = Extremes.of(values);
        if (batch.count() > 0) {
            histogram.add(values, batch.range().magnitude());
            seen = seen.plus(batch);
        }
    }

    @Override
    public void merge(Observer other) {
        HistogramObserver that = (HistogramObserver) other;
        histogram.merge(that.histogram);
        seen = seen.plus(that.seen);
    }

    @Override
    public long count() {
        return seen.count();
    }

    @Override
    public Range extremes() {
        return seen.range();
    }

    @Override
    public Range range(Scheme scheme) {
        Range all = seen.range();
        return all.magnitude() == 0 ? all : rule.range(histogram, all, scheme);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        seen.write(out);
        histogram.write(out);
    }

    @Override
    public void read(DataInput in) throws IOException {
        seen = Extremes.read(in);
        histogram.read(in);
    }
}

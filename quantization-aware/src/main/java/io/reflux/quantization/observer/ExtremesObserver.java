package io.reflux.quantization.observer;

import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.FloatBuffer;

/** Covers all that was seen. */
final class ExtremesObserver implements Observer {

    private Extremes seen = Extremes.NONE;

    @Override
    public void observe(FloatBuffer values) {
        seen = seen.plus(Extremes.of(values));
    }

    @Override
    public void merge(Observer other) {
        seen = seen.plus(((ExtremesObserver) other).seen);
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
        return seen.range();
    }

    @Override
    public void write(DataOutput out) throws IOException {
        seen.write(out);
    }

    @Override
    public void read(DataInput in) throws IOException {
        seen = Extremes.read(in);
    }
}

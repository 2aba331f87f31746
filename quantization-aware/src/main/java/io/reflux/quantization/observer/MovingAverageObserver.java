package io.reflux.quantization.observer;

import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.FloatBuffer;

/**
 * Covers an exponential average of the batches' extremes (Jacob et al. 2018, arXiv:1712.05877, sec. 3.1):
 * average ← average + share · (batch − average), starting from the first batch. Two averages merge by their batches.
 */
final class MovingAverageObserver implements Observer {

    private final double share;
    private Extremes seen = Extremes.NONE;
    private long batches;
    private double least;
    private double most;

    MovingAverageObserver(double share) {
        this.share = share;
    }

    @Override
    public void observe(FloatBuffer values) {
        Extremes batch = Extremes.of(values);
        if (batch.count() == 0) {
            return;
        }
        least = batches == 0 ? batch.least() : least + share * (batch.least() - least);
        most = batches == 0 ? batch.most() : most + share * (batch.most() - most);
        seen = seen.plus(batch);
        batches++;
    }

    @Override
    public void merge(Observer other) {
        MovingAverageObserver that = (MovingAverageObserver) other;
        if (that.batches == 0) {
            return;
        }
        double weight = (double) that.batches / (batches + that.batches);
        least += weight * (that.least - least);
        most += weight * (that.most - most);
        seen = seen.plus(that.seen);
        batches += that.batches;
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
        seen.range();
        return new Range((float) least, (float) most);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        seen.write(out);
        out.writeLong(batches);
        out.writeDouble(least);
        out.writeDouble(most);
    }

    @Override
    public void read(DataInput in) throws IOException {
        seen = Extremes.read(in);
        batches = in.readLong();
        least = in.readDouble();
        most = in.readDouble();
    }
}

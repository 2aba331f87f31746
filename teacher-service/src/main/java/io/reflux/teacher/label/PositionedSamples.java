package io.reflux.teacher.label;

import io.reflux.data.view.View;
import io.reflux.teacher.batcher.InputBuffer;
import io.reflux.teacher.batcher.Samples;
import org.jspecify.annotations.Nullable;

/** Samples of which only some positions are to be labelled. */
final class PositionedSamples implements Samples {

    private final Samples samples;
    private final int[] positions;

    /** Takes over the array: at least one position, increasing. */
    PositionedSamples(Samples samples, int[] positions) {
        this.samples = samples;
        this.positions = positions;
    }

    @Override
    public int count() {
        return samples.count();
    }

    @Override
    public long heldBytes() {
        return samples.heldBytes() + (long) positions.length * Integer.BYTES;
    }

    @Override
    public long seed(int sample) {
        return samples.seed(sample);
    }

    @Override
    public @Nullable View view(int sample) {
        return samples.view(sample);
    }

    @Override
    public int[] positions() {
        return positions;
    }

    @Override
    public void render(int first, int count, InputBuffer target, int offset) {
        samples.render(first, count, target, offset);
    }
}

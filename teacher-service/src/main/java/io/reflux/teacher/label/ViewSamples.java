package io.reflux.teacher.label;

import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.teacher.batcher.Samples;
import java.util.List;

/** Samples by name, rendered from the teacher's own copy of the data set. */
record ViewSamples(ViewRenderer renderer, List<View> views, PixelScaling scaling) implements Samples {

    /** Two longs, an object header and a reference. */
    private static final int VIEW_BYTES = 40;

    @Override
    public int count() {
        return views.size();
    }

    @Override
    public long heldBytes() {
        return (long) views.size() * VIEW_BYTES;
    }

    @Override
    public void render(int first, int count, float[] target, int offset) {
        renderer.render(views.subList(first, first + count), scaling, target, offset);
    }
}

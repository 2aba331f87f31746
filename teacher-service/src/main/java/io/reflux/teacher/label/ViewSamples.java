package io.reflux.teacher.label;

import io.reflux.data.view.View;
import io.reflux.teacher.batcher.InputBuffer;
import io.reflux.teacher.batcher.Samples;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples by name, rendered from the teacher's own copy of the data set.
 *
 * <p>Two longs each while they wait: as objects, the queues of students that stall would hold more than twice as much, and a
 * small heap would be collected in full all the time.
 */
final class ViewSamples implements Samples {

    private final ViewSource source;
    private final long[] sampleIds;
    private final long[] augmentationSeeds;

    /** Takes over the arrays, one element each for a view. */
    ViewSamples(ViewSource source, long[] sampleIds, long[] augmentationSeeds) {
        this.source = source;
        this.sampleIds = sampleIds;
        this.augmentationSeeds = augmentationSeeds;
    }

    @Override
    public int count() {
        return sampleIds.length;
    }

    @Override
    public long heldBytes() {
        return 2L * Long.BYTES * sampleIds.length;
    }

    @Override
    public long seed(int sample) {
        return Seeds.ofView(sampleIds[sample], augmentationSeeds[sample]);
    }

    @Override
    public View view(int sample) {
        return new View(sampleIds[sample], augmentationSeeds[sample]);
    }

    @Override
    public void render(int first, int count, InputBuffer target, int offset) {
        List<View> views = new ArrayList<>(count);
        for (int i = first; i < first + count; i++) {
            views.add(view(i));
        }
        source.render(views, target, offset);
    }
}

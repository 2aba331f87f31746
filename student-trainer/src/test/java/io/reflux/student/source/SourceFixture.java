package io.reflux.student.source;

import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.glyph.GlyphDataSet;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.sampling.ViewSampler;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.util.ArrayList;
import java.util.List;

/** A small set and a small untrained teacher, and what the teacher says of each view. */
public final class SourceFixture {
    public static final ImageDataSet SET = new GlyphDataSet(7, 100);
    public static final ModelGraph TEACHER =
            Zoo.build(ZooSpec.of("mlp").withHidden(8).withSeed(3));

    private SourceFixture() {}

    /** Opens the teacher; the caller closes it. */
    public static InferenceModel open() {
        return OnnxRuntimeModel.open(TEACHER, 1);
    }

    /** The first batches of an epoch order; the last of an epoch holds 100 mod 16 = 4 samples. */
    public static List<ViewBatch> batches(int number, Augmentation augmentation) {
        ViewSampler sampler = new ViewSampler(SampleIds.all(SET), 16, 5, augmentation, true);
        List<ViewBatch> batches = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            batches.add(sampler.next());
        }
        return batches;
    }

    /** What the teacher says of views, computed at once and on this thread. */
    public static float[] reference(List<View> views, Augmentation augmentation) {
        try (InferenceModel model = open()) {
            float[] inputs = new float[views.size() * SET.shape().elements()];
            new ViewRenderer(SET, augmentation).render(views, PixelScaling.UNIT, inputs);
            return model.logits(inputs, views.size());
        }
    }
}

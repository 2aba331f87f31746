package io.reflux.teacher.label;

import io.reflux.data.DataSet;
import io.reflux.data.ImageDataSet;
import io.reflux.data.TextDataSet;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.teacher.batcher.InputBuffer;
import java.util.List;

/** Renders the views of one data set under one augmentation as a model takes them. Thread-safe. */
sealed interface ViewSource {

    /** The set that the views are of. */
    DataSet dataSet();

    /** What a view's seed means. */
    Augmentation augmentation();

    /** Writes views one after the other, from element {@code offset} of the target on. */
    void render(List<View> views, InputBuffer target, int offset);

    /**
     * The views of a set.
     *
     * @param augmentation of images; none for text
     * @param scaling how the model wants its pixels; means nothing to text
     */
    static ViewSource of(DataSet set, Augmentation augmentation, PixelScaling scaling) {
        return set instanceof TextDataSet text
                ? new Sequences(text)
                : new Images(new ViewRenderer(set.images(), augmentation), scaling);
    }

    /** Views of images, B x C x H x W numbers. */
    record Images(ViewRenderer renderer, PixelScaling scaling) implements ViewSource {

        @Override
        public ImageDataSet dataSet() {
            return renderer.dataSet();
        }

        @Override
        public Augmentation augmentation() {
            return renderer.augmentation();
        }

        @Override
        public void render(List<View> views, InputBuffer target, int offset) {
            renderer.render(views, scaling, target.numbers(), offset);
        }
    }

    /** Views of text, B x T tokens: the samples as they are, whatever the seeds. */
    record Sequences(TextDataSet dataSet) implements ViewSource {

        @Override
        public Augmentation augmentation() {
            return Augmentation.NONE;
        }

        @Override
        public void render(List<View> views, InputBuffer target, int offset) {
            int next = offset;
            for (View view : views) {
                dataSet.copyTokens(view.sampleId(), target.tokens(), next);
                next += dataSet.length();
            }
        }
    }
}

package io.reflux.student.sample;

import io.reflux.data.DataSet;
import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.TextDataSet;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.model.runtime.Inputs;
import java.util.ArrayList;
import java.util.List;

/** Turns views of one data set into a model's inputs and their labels. Thread-safe. */
public interface SampleReader {

    /** The set that is read. */
    DataSet dataSet();

    /** The inputs of these views, one after the other. */
    Inputs inputs(List<View> views);

    /** The labels of these views, {@code dataSet().positions()} each. */
    default int[] labels(List<View> views) {
        int positions = dataSet().positions();
        int[] labels = new int[Math.multiplyExact(views.size(), positions)];
        int next = 0;
        for (View view : views) {
            dataSet().copyLabels(view.sampleId(), labels, next);
            next += positions;
        }
        return labels;
    }

    /**
     * A reader of a set.
     *
     * @param augmentation how views of images differ from the samples; text has none
     * @param scaling how pixels become inputs; means nothing to text
     */
    static SampleReader of(DataSet set, Augmentation augmentation, PixelScaling scaling) {
        return set instanceof TextDataSet text
                ? new TokenReader(text)
                : new ImageReader(new ViewRenderer((ImageDataSet) set, augmentation), scaling);
    }

    /** The views of samples {@code from} to {@code from + count - 1} of a list as they are; fewer at its end. */
    static List<View> plain(SampleIds ids, long from, int count) {
        long end = Math.min(ids.size(), from + count);
        List<View> views = new ArrayList<>((int) (end - from));
        for (long i = from; i < end; i++) {
            views.add(View.plain(ids.get(i)));
        }
        return views;
    }
}

package io.reflux.student.training;

import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import java.util.ArrayList;
import java.util.List;

/** Share of samples that a classifier gets right. */
final class Accuracy {
    private static final int BATCH = 500;

    private Accuracy() {}

    /** Computes B x C logits from B x E inputs, row-major. */
    interface Classifier {
        float[] logits(float[] inputs, int rows);
    }

    /** Returns the share of samples whose largest logit is at their label; the samples are taken as they are. */
    static double of(Classifier classifier, ImageDataSet set, SampleIds ids, PixelScaling scaling) {
        ViewRenderer renderer = new ViewRenderer(set, Augmentation.NONE);
        long correct = 0;
        for (long from = 0; from < ids.size(); from += BATCH) {
            int rows = (int) Math.min(BATCH, ids.size() - from);
            List<View> views = new ArrayList<>(rows);
            for (int i = 0; i < rows; i++) {
                views.add(new View(ids.get(from + i), 0));
            }
            float[] inputs = new float[rows * set.shape().elements()];
            renderer.render(views, scaling, inputs);
            float[] logits = classifier.logits(inputs, rows);
            int classes = logits.length / rows;
            for (int i = 0; i < rows; i++) {
                correct += largest(logits, i * classes, classes)
                                == set.label(views.get(i).sampleId())
                        ? 1
                        : 0;
            }
        }
        return (double) correct / ids.size();
    }

    private static int largest(float[] logits, int offset, int classes) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            best = logits[offset + c] > logits[offset + best] ? c : best;
        }
        return best;
    }
}

package io.reflux.student.report;

import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import java.util.ArrayList;
import java.util.List;

/** The class a model gives to each sample of a test set: the index of the largest logit, the first among equals. */
final class Predictions {
    private final String digest;
    private final int[] classes;

    private Predictions(String digest, int[] classes) {
        this.digest = digest;
        this.classes = classes;
    }

    /** Reads the predictions off logits, {@code ids.size()} x classes, row-major. */
    static Predictions of(String digest, float[] logits, int numClasses) {
        int[] classes = new int[logits.length / numClasses];
        for (int row = 0; row < classes.length; row++) {
            int best = 0;
            for (int c = 1; c < numClasses; c++) {
                best = logits[row * numClasses + c] > logits[row * numClasses + best] ? c : best;
            }
            classes[row] = best;
        }
        return new Predictions(digest, classes);
    }

    /** Compares with the labels. */
    Evaluation evaluate(ImageDataSet set, SampleIds ids) {
        long[] byClass = new long[set.numClasses()];
        long errors = 0;
        for (int i = 0; i < classes.length; i++) {
            int label = set.label(ids.get(i));
            if (classes[i] != label) {
                errors++;
                byClass[label]++;
            }
        }
        List<Long> errorsByClass = new ArrayList<>();
        for (long count : byClass) {
            errorsByClass.add(count);
        }
        return new Evaluation(digest, classes.length, errors, 1 - (double) errors / classes.length, errorsByClass);
    }

    /** Returns the share of samples with the same class, in [0, 1]. */
    double agreement(Predictions other) {
        int same = 0;
        for (int i = 0; i < classes.length; i++) {
            same += classes[i] == other.classes[i] ? 1 : 0;
        }
        return (double) same / classes.length;
    }
}

package io.reflux.student.report;

import io.reflux.student.sample.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The class a model gives to each position of a test set, the index of its largest logit, the first among equals; and how
 * that compares with the labels. A position is a sample, or a token of a sequence whose tokens have labels.
 */
final class Predictions {
    private final String digest;
    private final int[] classes;
    private final long[] errorsByClass;
    private final Score score = new Score();
    private int size;

    /**
     * Begins without any.
     *
     * @param digest SHA-256 of the model
     * @param positions positions that will be added
     */
    Predictions(String digest, int positions, int numClasses) {
        this.digest = digest;
        this.classes = new int[positions];
        this.errorsByClass = new long[numClasses];
    }

    /**
     * Adds a batch.
     *
     * @param logits N x classes, row-major
     * @param labels N labels
     */
    void add(float[] logits, int[] labels) {
        int numClasses = errorsByClass.length;
        for (int i = 0; i < labels.length; i++) {
            int predicted = Score.largest(logits, i * numClasses, numClasses);
            classes[size++] = predicted;
            if (predicted != labels[i]) {
                errorsByClass[labels[i]]++;
            }
        }
        score.add(logits, labels);
    }

    /** Returns what the model is worth on what was added. */
    Evaluation evaluation() {
        List<Long> errors = new ArrayList<>();
        Arrays.stream(errorsByClass).forEach(errors::add);
        return new Evaluation(
                digest, score.positions(), score.positions() - score.correct(), score.accuracy(), score.loss(), errors);
    }

    /** Returns the share of positions with the same class, in [0, 1]. */
    double agreement(Predictions other) {
        int same = 0;
        for (int i = 0; i < classes.length; i++) {
            same += classes[i] == other.classes[i] ? 1 : 0;
        }
        return (double) same / classes.length;
    }
}

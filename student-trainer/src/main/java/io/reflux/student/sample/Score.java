package io.reflux.student.sample;

/**
 * How well logits answer labels, over the positions that have one: a sample has one position, or one for each token.
 * Not thread-safe.
 */
public final class Score {

    private long positions;
    private long correct;
    private double loss;

    /**
     * Adds a batch.
     *
     * @param logits N x C, row-major
     * @param labels N labels in [0, C), or -1 for what does not count
     */
    public void add(float[] logits, int[] labels) {
        int classes = logits.length / labels.length;
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= 0) {
                positions++;
                correct += largest(logits, i * classes, classes) == labels[i] ? 1 : 0;
                loss += crossEntropy(logits, i * classes, classes, labels[i]);
            }
        }
    }

    /** Positions that count. */
    public long positions() {
        return positions;
    }

    /** Of these, those whose largest logit is at their label. */
    public long correct() {
        return correct;
    }

    /** Share of positions that are correct, in [0, 1]; NaN without any. */
    public double accuracy() {
        return (double) correct / positions;
    }

    /** Mean cross-entropy of a position in nats; NaN without any. */
    public double loss() {
        return loss / positions;
    }

    /** The class of a row's largest logit, the first among equals. */
    public static int largest(float[] logits, int offset, int classes) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            best = logits[offset + c] > logits[offset + best] ? c : best;
        }
        return best;
    }

    /** {@code log(sum exp(z)) - z[label]}, with the largest logit taken off first so that nothing overflows. */
    private static double crossEntropy(float[] logits, int offset, int classes, int label) {
        double largest = logits[offset + largest(logits, offset, classes)];
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += Math.exp(logits[offset + c] - largest);
        }
        return Math.log(sum) + largest - logits[offset + label];
    }
}

package io.reflux.proto.encoding;

/** The teacher's distribution, not normalised, so that no small probability is lost. */
final class Softmax {

    private Softmax() {}

    static float max(float[] logits, int from, int classes) {
        float max = logits[from];
        for (int c = 1; c < classes; c++) {
            max = Math.max(max, logits[from + c]);
        }
        return max;
    }

    /** The logarithm of weight c of {@link #weights}: (logit - max) / temperature, at most 0. */
    static double logWeight(float logit, float max, double temperature) {
        return ((double) logit - max) / temperature;
    }

    /** exp((logit - max) / temperature) of each class of a row: the largest is 1. */
    static double[] weights(float[] logits, int from, int classes, double temperature) {
        float max = max(logits, from, classes);
        double[] weights = new double[classes];
        for (int c = 0; c < classes; c++) {
            weights[c] = Math.exp(logWeight(logits[from + c], max, temperature));
        }
        return weights;
    }

    static double sum(double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return sum;
    }
}

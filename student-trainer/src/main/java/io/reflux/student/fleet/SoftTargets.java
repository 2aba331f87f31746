package io.reflux.student.fleet;

/** Soft targets of one row of logits: softmax(logits / temperature), in double precision. */
final class SoftTargets {
    private SoftTargets() {}

    static double[] of(float[] logits, int offset, int classes, double temperature) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            largest = Math.max(largest, logits[offset + c]);
        }
        double[] targets = new double[classes];
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            targets[c] = Math.exp((logits[offset + c] - largest) / temperature);
            sum += targets[c];
        }
        for (int c = 0; c < classes; c++) {
            targets[c] /= sum;
        }
        return targets;
    }
}

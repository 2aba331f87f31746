package io.reflux.teacher.fidelity;

/**
 * What decoding gives back of one row of soft labels.
 *
 * @param divergence KL(full ‖ decoded) at a temperature, in nats, at least 0
 * @param degrees angle between the gradients of the distillation loss with full and with decoded labels, for a student that
 *     knows nothing: 0 to 180
 */
public record RowFidelity(double divergence, double degrees) {

    /** An angle to nothing. */
    private static final double RIGHT = 90;

    /**
     * Compares two rows of C logits.
     *
     * <p>With p = softmax(full / T) and q = softmax(decoded / T), the gradients of T² KL(p ‖ student) and T² KL(q ‖ student)
     * with respect to the student's logits are T (u - p) and T (u - q), where u is the student's distribution (Hinton et al.
     * 2015, arXiv:1503.02531, sec. 2): 1 / C everywhere at the start. Where one of them is 0 the angle is 90 degrees, where
     * both are 0.
     *
     * @param full C finite logits
     * @param decoded likewise
     * @param temperature T, above 0
     */
    public static RowFidelity of(float[] full, float[] decoded, double temperature) {
        int classes = decoded.length;
        double[] p = logSoftmax(full, temperature);
        double[] q = logSoftmax(decoded, temperature);
        double divergence = 0;
        double dot = 0;
        double squaresFull = 0;
        double squaresDecoded = 0;
        for (int c = 0; c < classes; c++) {
            double probability = Math.exp(p[c]);
            divergence += probability * (p[c] - q[c]);
            double gradient = 1.0 / classes - probability;
            double decodedGradient = 1.0 / classes - Math.exp(q[c]);
            dot += gradient * decodedGradient;
            squaresFull += gradient * gradient;
            squaresDecoded += decodedGradient * decodedGradient;
        }
        // Rounding may make equal distributions differ by less than nothing.
        return new RowFidelity(Math.max(0, divergence), degrees(dot, squaresFull, squaresDecoded));
    }

    private static double degrees(double dot, double squaresFull, double squaresDecoded) {
        if (squaresFull == 0 || squaresDecoded == 0) {
            return squaresFull == squaresDecoded ? 0 : RIGHT;
        }
        double cosine = dot / Math.sqrt(squaresFull * squaresDecoded);
        return Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, cosine))));
    }

    private static double[] logSoftmax(float[] logits, double temperature) {
        int classes = logits.length;
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            max = Math.max(max, logits[c]);
        }
        double[] logs = new double[classes];
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            logs[c] = (logits[c] - max) / temperature;
            sum += Math.exp(logs[c]);
        }
        double logSum = Math.log(sum);
        for (int c = 0; c < classes; c++) {
            logs[c] -= logSum;
        }
        return logs;
    }
}

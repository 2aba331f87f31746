package io.reflux.proto.encoding;

import java.util.Random;

/** Logits of many kinds, for property tests: from flat to peaked, with ties, and of extreme size. */
final class RandomLogits {

    private RandomLogits() {}

    static float[] of(long seed, int elements) {
        Random random = new Random(seed);
        float[] logits = new float[elements];
        int kind = random.nextInt(5);
        float size = (float) Math.pow(10, random.nextInt(4) - 1);
        float constant = (float) random.nextGaussian() * size;
        for (int i = 0; i < elements; i++) {
            logits[i] = switch (kind) {
                case 0 -> (float) random.nextGaussian() * size;
                case 1 -> random.nextInt(4) * size;
                case 2 -> constant;
                case 3 -> random.nextInt(10) == 0 ? 10 * size : (float) random.nextGaussian();
                default -> (random.nextFloat() - 0.5f) * 2 * Float.MAX_VALUE;
            };
        }
        return logits;
    }

    /** Slow reference: probabilities of a row at a temperature. */
    static double[] softmax(float[] logits, double temperature) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit / temperature);
        }
        double[] probabilities = new double[logits.length];
        double sum = 0;
        for (int c = 0; c < logits.length; c++) {
            probabilities[c] = Math.exp(logits[c] / temperature - max);
            sum += probabilities[c];
        }
        for (int c = 0; c < logits.length; c++) {
            probabilities[c] /= sum;
        }
        return probabilities;
    }
}

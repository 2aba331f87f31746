package io.reflux.benchmarks.encodings;

import java.util.Random;

/**
 * Logits as peaked as those of trained classifiers and language models: z = f W + g, with f standard normal features of a
 * sample, W normal class weights, and g a Zipf bias -ln(rank), which gives classes the frequencies of words; the deviation of
 * f W is 3.
 */
final class SyntheticTeacher {

    private static final int SAMPLES = 256;
    private static final int FEATURES = 16;
    private static final double DEVIATION = 3;
    private static final long SEED = 1;

    private SyntheticTeacher() {}

    static LabelledRows rows(int classes) {
        Random random = new Random(SEED);
        float[] features = new float[SAMPLES * FEATURES];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        float[] weights = new float[classes * FEATURES];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (random.nextGaussian() * DEVIATION / Math.sqrt(FEATURES));
        }
        float[] logits = new float[SAMPLES * classes];
        for (int b = 0; b < SAMPLES; b++) {
            for (int c = 0; c < classes; c++) {
                float sum = (float) -Math.log(c + 1);
                for (int d = 0; d < FEATURES; d++) {
                    sum += features[b * FEATURES + d] * weights[c * FEATURES + d];
                }
                logits[b * classes + c] = sum;
            }
        }
        return new LabelledRows("synthetic", SAMPLES, classes, FEATURES, features, logits);
    }
}

package io.reflux.benchmarks.encodings;

import java.util.Random;

/**
 * Logits as peaked as those of trained classifiers and language models: z = f W + g, with f standard normal features of a
 * sample, W normal class weights, and g a Zipf bias -ln(rank), which gives classes the frequencies of words; the deviation of
 * f W is 3.
 *
 * <p>B samples, C classes, D features; all arrays are row-major.
 */
final class SyntheticTeacher {

    static final int FEATURES = 16;

    private static final double DEVIATION = 3;

    /** B x D. */
    final float[] features;
    /** B x C. */
    final float[] logits;

    SyntheticTeacher(int samples, int classes, long seed) {
        Random random = new Random(seed);
        features = new float[samples * FEATURES];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        float[] weights = new float[classes * FEATURES];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (random.nextGaussian() * DEVIATION / Math.sqrt(FEATURES));
        }
        logits = new float[samples * classes];
        for (int b = 0; b < samples; b++) {
            for (int c = 0; c < classes; c++) {
                float sum = (float) -Math.log(c + 1);
                for (int d = 0; d < FEATURES; d++) {
                    sum += features[b * FEATURES + d] * weights[c * FEATURES + d];
                }
                logits[b * classes + c] = sum;
            }
        }
    }
}

package io.reflux.benchmarks.endurance;

import io.reflux.model.zoo.ZooSpec;
import java.util.Random;

/** A batch of noise for a classifier of images; the same for the same seed. */
record SyntheticBatch(float[] inputs, float[] teacherLogits, int[] labels, int rows) {

    static SyntheticBatch of(ZooSpec spec, int rows, long seed) {
        Random random = new Random(seed);
        int elements = spec.inputShape().stream().reduce(1, Math::multiplyExact);
        int[] labels = random.ints(rows, 0, spec.numClasses()).toArray();
        return new SyntheticBatch(
                gaussians(random, rows * elements), gaussians(random, rows * spec.numClasses()), labels, rows);
    }

    private static float[] gaussians(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}

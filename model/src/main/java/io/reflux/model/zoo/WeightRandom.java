package io.reflux.model.zoo;

/**
 * Random numbers that are a pure function of (seed, tensor, index) and bit-identical on every JVM: SplitMix64's mixer
 * over a counter (Steele, Lea & Flood 2014), and {@link StrictMath} where a logarithm or a cosine is needed.
 */
final class WeightRandom {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long start;

    /** @param tensor number of the tensor in its model, so that no two draw the same numbers */
    WeightRandom(long seed, int tensor) {
        this.start = mix(mix(seed + GOLDEN_GAMMA) + tensor * GOLDEN_GAMMA);
    }

    /** Uniform on [0, 1): a multiple of 2^-53. */
    double uniform(long index) {
        return (mix(start + (index + 1) * GOLDEN_GAMMA) >>> 11) * 0x1.0p-53;
    }

    /** Standard normal (Box & Muller 1958), one draw from two uniforms. */
    double normal(long index) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(2 * index)));
        return radius * StrictMath.cos(2 * StrictMath.PI * uniform(2 * index + 1));
    }

    /** {@code count} weights of mean 0 and the initialisation's deviation. */
    float[] weights(int count, Initialization initialization, long fanIn, long fanOut) {
        double deviation = initialization.deviation(fanIn, fanOut);
        double bound = deviation * Math.sqrt(3);
        double limit = initialization.truncatedAt();
        float[] weights = new float[count];
        // Draws anew go on behind the numbers of all weights, so that without any each weight has its own place.
        long spare = count;
        for (int i = 0; i < count; i++) {
            if (!initialization.isNormal()) {
                weights[i] = (float) (bound * (2 * uniform(i) - 1));
                continue;
            }
            double drawn = normal(i);
            while (Math.abs(drawn) > limit) {
                drawn = normal(spare++);
            }
            weights[i] = (float) (deviation * drawn);
        }
        return weights;
    }

    /** Stafford's variant 13, as in java.util.SplittableRandom. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}

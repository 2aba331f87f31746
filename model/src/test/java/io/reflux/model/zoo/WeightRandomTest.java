package io.reflux.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class WeightRandomTest {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    /** java.util.SplittableRandom is the same generator: its first numbers after a seed are ours after the mixing. */
    @Test
    void uniform_equalsSplittableRandomFromTheMixedSeed() {
        // new SplittableRandom(s) steps its state by the golden gamma and mixes it: the value is mix(s + gamma).
        long mixedSeed = new SplittableRandom(42).nextLong();
        long start = new SplittableRandom(mixedSeed + 3 * GOLDEN_GAMMA - GOLDEN_GAMMA).nextLong();
        SplittableRandom reference = new SplittableRandom(start);
        WeightRandom random = new WeightRandom(42, 3);

        for (int i = 0; i < 100; i++) {
            assertThat(random.uniform(i)).isEqualTo((reference.nextLong() >>> 11) * 0x1.0p-53);
        }
    }

    /** Values from the same formulas written in Python. Files of old runs must be reproducible from their seed. */
    @Test
    void weights_areWhatTheyAlwaysWere() {
        float[] weights = new WeightRandom(1, 0).weights(3, Initialization.HE_NORMAL, 784, 300);

        assertThat(weights).containsExactly(-0.048017375f, 0.025800271f, 0.018639645f);
    }

    @ParameterizedTest
    @EnumSource
    void weights_haveTheMomentsOfTheirLaw(Initialization initialization) {
        int count = 200_000;
        // A standard normal cut off at 2 has the variance 1 - 4 phi(2) / (2 Phi(2) - 1) = 0.7737.
        double cut = initialization == Initialization.TRUNCATED_NORMAL ? Math.sqrt(0.77374) : 1;
        double deviation = initialization.deviation(300, 100) * cut;
        float[] weights = new WeightRandom(7, 1).weights(count, initialization, 300, 100);

        double sum = 0;
        double squares = 0;
        double largest = 0;
        for (float weight : weights) {
            sum += weight;
            squares += (double) weight * weight;
            largest = Math.max(largest, Math.abs(weight));
        }
        // Five standard errors: s/√n for the mean, at most s²·√(2/n) for the variance.
        assertThat(sum / count).isCloseTo(0, within(5 * deviation / Math.sqrt(count)));
        assertThat(squares / count)
                .isCloseTo(deviation * deviation, within(5 * deviation * deviation * Math.sqrt(2.0 / count)));
        if (!initialization.isNormal()) {
            assertThat(largest).isLessThanOrEqualTo(deviation * Math.sqrt(3) * (1 + 1e-6));
        }
    }

    @Test
    void deviation_followsThePapers() {
        assertThat(Initialization.HE_NORMAL.deviation(50, 7)).isEqualTo(0.2);
        assertThat(Initialization.XAVIER_UNIFORM.deviation(30, 20)).isEqualTo(0.2);
    }

    @Test
    void tensorsOfOneModel_drawDifferentNumbers() {
        assertThat(new WeightRandom(1, 0).uniform(0)).isNotEqualTo(new WeightRandom(1, 1).uniform(0));
        assertThat(new WeightRandom(1, 0).uniform(1)).isNotEqualTo(new WeightRandom(1, 1).uniform(0));
    }
}

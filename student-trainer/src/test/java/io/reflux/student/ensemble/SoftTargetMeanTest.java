package io.reflux.student.ensemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.student.source.SoftLabels;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class SoftTargetMeanTest {
    private static SoftLabels labels(int classes, float... logits) {
        return new SoftLabels(0, logits.length / classes, classes, logits, "d");
    }

    /** The definition, in double precision. */
    private static double[] softmax(float[] logits, int offset, int classes, double temperature) {
        double[] p = new double[classes];
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            p[c] = Math.exp(logits[offset + c] / temperature);
            sum += p[c];
        }
        for (int c = 0; c < classes; c++) {
            p[c] /= sum;
        }
        return p;
    }

    @Property(tries = 200)
    void logits_softmaxAtTheStepsTemperature_isTheWeightedMeanOfTheTargets(
            @ForAll @IntRange(min = 2, max = 30) int classes,
            @ForAll @IntRange(min = 1, max = 4) int teachers,
            @ForAll @DoubleRange(min = 0.5, max = 20) double temperature,
            @ForAll long seed) {
        Random random = new Random(seed);
        double[] weights = random.doubles(teachers, 0.1, 5).toArray();
        double[] temperatures = random.doubles(teachers, 0.5, 20).toArray();
        List<SoftLabels> labels = random.doubles(teachers)
                .mapToObj(x -> {
                    float[] logits = new float[3 * classes];
                    for (int i = 0; i < logits.length; i++) {
                        logits[i] = (float) (5 * random.nextGaussian());
                    }
                    return labels(classes, logits);
                })
                .toList();

        float[] mean = new SoftTargetMean(weights, temperatures, temperature).logits(labels);

        double sumOfWeights = 0;
        for (double weight : weights) {
            sumOfWeights += weight;
        }
        for (int row = 0; row < 3; row++) {
            double[] got = softmax(mean, row * classes, classes, temperature);
            for (int c = 0; c < classes; c++) {
                double expected = 0;
                for (int i = 0; i < teachers; i++) {
                    expected += weights[i]
                            / sumOfWeights
                            * softmax(labels.get(i).logits(), row * classes, classes, temperatures[i])[c];
                }
                // Logits are floats of at most some 500: their rounding moves a probability by 2e-5 of itself.
                assertThat(got[c]).isCloseTo(expected, Offset.offset(1e-4 * expected + 1e-12));
            }
        }
    }

    @Test
    void logits_oneTeacherAtTheStepsTemperature_areItsOwnButForAShift() {
        float[] mean = new SoftTargetMean(new double[] {3}, new double[] {4}, 4).logits(List.of(labels(3, 1, 2, 5)));

        assertThat(mean[1] - mean[0]).isCloseTo(1, Offset.offset(1e-5f));
        assertThat(mean[2] - mean[0]).isCloseTo(4, Offset.offset(1e-5f));
    }

    /** softmax(0, ln 3) = (1/4, 3/4) and softmax(0, 0) = (1/2, 1/2): weighted 1 and 3 their mean is (7/16, 9/16). */
    @Test
    void logits_workedExample_haveTheLogarithmOfTheMean() {
        float[] mean = new SoftTargetMean(new double[] {1, 3}, new double[] {1, 1}, 1)
                .logits(List.of(labels(2, 0, (float) Math.log(3)), labels(2, 0, 0)));

        assertThat(mean)
                .containsExactly(
                        new float[] {(float) Math.log(7 / 16.0), (float) Math.log(9 / 16.0)}, Offset.offset(1e-6f));
    }

    /** exp(-2000) is 0 in double precision; its logarithm is not. */
    @Test
    void logits_probabilitiesTooSmallForADouble_stayFinite() {
        float[] mean = new SoftTargetMean(new double[] {1, 1}, new double[] {0.5, 0.5}, 0.5)
                .logits(List.of(labels(2, 0, 1000), labels(2, 0, 1000)));

        assertThat(mean).containsExactly(new float[] {-1000, 0}, Offset.offset(1e-3f));
    }
}

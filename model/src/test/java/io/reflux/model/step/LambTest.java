package io.reflux.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** LAMB against the formulas of its paper in double precision. */
final class LambTest {

    private final StepFixture fixture = new StepFixture();

    @Test
    void run_withDecay_followsTheFormulasForFiveSteps() {
        follow(new Lamb(0.9, 0.99, 1e-6, 0.1), StepOptions.DEFAULT, 1);
    }

    /** The clip is far below the norm of the gradients, so each is divided by norm / 0.01. */
    @Test
    void run_clipped_followsTheFormulasForFiveSteps() {
        follow(new Lamb(0.9, 0.99, 1e-9, 0.1), StepOptions.DEFAULT.withClipNorm(0.01), 0.01);
    }

    private void follow(Lamb lamb, StepOptions options, double clipNorm) {
        List<double[]> first = fixture.zeros();
        List<double[]> second = fixture.zeros();
        double rate = 0.02;
        try (TrainStep step = fixture.compile(lamb, options)) {
            for (int t = 1; t <= 5; t++) {
                fixture.run(step, rate, t);
                List<double[]> gradients = fixture.gradients();
                double norm =
                        norm(gradients.stream().flatMapToDouble(Arrays::stream).toArray());
                double factor = options.clips() ? clipNorm / norm : 1;
                for (int i = 0; i < gradients.size(); i++) {
                    double[] parameter = fixture.reference.parameters.get(i);
                    double[] update = new double[parameter.length];
                    double decay = StepFixture.isWeight(i) ? lamb.weightDecay() : 0;
                    for (int k = 0; k < update.length; k++) {
                        double g = factor * gradients.get(i)[k];
                        first.get(i)[k] = lamb.beta1() * first.get(i)[k] + (1 - lamb.beta1()) * g;
                        second.get(i)[k] = lamb.beta2() * second.get(i)[k] + (1 - lamb.beta2()) * g * g;
                        double m = first.get(i)[k] / (1 - Math.pow(lamb.beta1(), t));
                        double v = second.get(i)[k] / (1 - Math.pow(lamb.beta2(), t));
                        update[k] = m / (Math.sqrt(v) + lamb.epsilon()) + decay * parameter[k];
                    }
                    double ratio = StepFixture.isWeight(i) ? norm(parameter) / norm(update) : 1;
                    for (int k = 0; k < update.length; k++) {
                        parameter[k] -= rate * ratio * update[k];
                    }
                }
            }
            for (int i = 0; i < fixture.reference.parameters.size(); i++) {
                float[] actual = StepFixture.parameter(step, i);
                for (int k = 0; k < actual.length; k++) {
                    assertThat((double) actual[k])
                            .as(StepFixture.name(i) + "[" + k + "]")
                            .isCloseTo(fixture.reference.parameters.get(i)[k], within(2e-4));
                }
            }
        }
    }

    private static double norm(double[] values) {
        return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
    }
}

package io.reflux.model.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.precision.Precision;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The loss scale of fp16: found by overflows, kept by a checkpoint, raised in time. */
final class ScalingTest {

    private static final StepOptions FP16 = StepOptions.DEFAULT.withPrecision(Precision.FP16);

    private final StepFixture fixture = new StepFixture();

    /**
     * The gradient of the logits is near 100 · 0.5 / 6 ≈ 8 at its largest, times 65536 more than fp16's 65504: the first
     * steps must overflow, each halving the scale, until one fits.
     */
    @Test
    void run_gradientsOverflow_skipsAndHalvesUntilTheyFit() {
        DistillationLoss steep = new DistillationLoss(1, 0, 100);
        try (TrainStep step =
                TrainStep.compile(fixture.reference.graph(), steep, new Sgd(0.9, false, 0), FP16, "cpu", 1)) {
            Map<String, float[]> before = step.state().tensors();
            double expected = 65536;
            int skips = 0;
            StepResult result = fixture.run(step, 1e-4, 0);
            while (result.skipped()) {
                assertThat(result.lossScale()).isEqualTo(expected);
                expected /= 2;
                skips++;
                Map<String, float[]> after = step.state().tensors();
                assertThat(after.get("parameter/weight0")).isEqualTo(before.get("parameter/weight0"));
                assertThat(after.get("moment0/weight0")).isEqualTo(before.get("moment0/weight0"));
                assertThat(step.state().updates()).isZero();
                result = fixture.run(step, 1e-4, skips);
            }
            assertThat(skips).isBetween(3, 8);
            assertThat(result.lossScale()).isEqualTo(expected);
            assertThat(step.state().updates()).isEqualTo(1);
            assertThat(step.state().tensors().get("parameter/weight0")).isNotEqualTo(before.get("parameter/weight0"));
        }
    }

    @Test
    void run_2000UpdatesInARow_doubleTheScale() {
        try (TrainStep step = fixture.compile(new Sgd(0, false, 0), FP16)) {
            double first = fixture.run(step, 0, 0).lossScale();
            for (int i = 1; i < 2000; i++) {
                fixture.run(step, 0, i);
            }
            assertThat(fixture.run(step, 0, 2000).lossScale()).isEqualTo(2 * first);
        }
    }

    @Test
    void restore_keepsScaleAndRow() {
        try (TrainStep step = fixture.compile(new Sgd(0, false, 0), FP16);
                TrainStep resumed = fixture.compile(new Sgd(0, false, 0), FP16)) {
            for (int i = 0; i < 7; i++) {
                fixture.run(step, 0, i);
            }
            assertThat(step.state().tensors().get("growth")).containsExactly(7);
            resumed.restore(step.state());
            assertThat(resumed.state().tensors().get("growth")).containsExactly(7);
            assertThat(resumed.state().tensors().get("scale")).containsExactly(65536);
        }
    }
}

package io.reflux.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.precision.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each option of a step against the double-precision reference, and all of them together through a resume. */
final class StepOptionsTest {

    private static final Sgd PLAIN = new Sgd(0, false, 0);
    private static final int CLASSES = StepFixture.CLASSES;

    private final StepFixture fixture = new StepFixture();

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 1000})
    void clipNorm_plainSgdOfRateOne_movesByTheClippedGradient(double clipNorm) {
        List<double[]> gradients = fixture.gradients();
        double norm = Math.sqrt(gradients.stream()
                .flatMapToDouble(Arrays::stream)
                .map(g -> g * g)
                .sum());
        double factor = Math.min(1, clipNorm / norm);
        try (TrainStep step = fixture.compile(PLAIN, StepOptions.DEFAULT.withClipNorm(clipNorm))) {
            fixture.run(step, 1, 0);

            for (int i = 0; i < gradients.size(); i++) {
                float[] after = StepFixture.parameter(step, i);
                for (int k = 0; k < after.length; k++) {
                    assertThat(fixture.reference.parameters.get(i)[k] - after[k])
                            .isCloseTo(factor * gradients.get(i)[k], within(2e-5));
                }
            }
        }
    }

    /** Batches of 3, 2 and 1 rows: the mean over all six rows, not the mean of the means. */
    @Test
    void accumulate_unequalBatches_equalsOneBatchOfThemAll() {
        Sgd sgd = new Sgd(0.9, true, 0.01);
        try (TrainStep whole = fixture.compile(sgd, StepOptions.DEFAULT);
                TrainStep parts = fixture.compile(sgd, StepOptions.DEFAULT.withAccumulate(3))) {
            for (int update = 0; update < 5; update++) {
                fixture.run(whole, 0.1, update);
                runRows(parts, 0, 3);
                runRows(parts, 3, 5);
                assertThat(parts.state().updates()).isEqualTo(update);
                runRows(parts, 5, 6);
                assertThat(parts.state().updates()).isEqualTo(update + 1);
            }
            assertThat(StepFixture.distance(whole, parts)).isLessThan(1e-6);
        }
    }

    @Test
    void accumulate_nonFiniteBatch_leavesTheSum() {
        float[] poisoned = fixture.teacherLogits.clone();
        poisoned[0] = Float.NaN;
        try (TrainStep step = fixture.compile(PLAIN, StepOptions.DEFAULT.withAccumulate(2))) {
            fixture.run(step, 0.1, 0);
            TrainState before = step.state();

            assertThatThrownBy(() -> step.run(fixture.inputs, 6, poisoned, fixture.labels, 0.1, 1))
                    .isInstanceOf(NonFiniteLossException.class);
            TrainState after = step.state();
            before.tensors()
                    .forEach((name, values) ->
                            assertThat(after.tensors().get(name)).as(name).isEqualTo(values));
        }
    }

    /** Decay of update t: min(0.5, (1 + t) / (10 + t)), that is 2/11, 3/12, 4/13 and so on. */
    @Test
    void emaDecay_fiveSteps_exportsTheWarmedUpAverage() {
        try (TrainStep step = fixture.compile(PLAIN, StepOptions.DEFAULT.withEmaDecay(0.3))) {
            double[] average = fixture.reference.parameters.get(0).clone();
            for (int t = 1; t <= 5; t++) {
                fixture.run(step, 0.5, t);
                double decay = Math.min(0.3, (1.0 + t) / (10 + t));
                float[] weight = StepFixture.parameter(step, 0);
                for (int k = 0; k < average.length; k++) {
                    average[k] = decay * average[k] + (1 - decay) * weight[k];
                }
            }
            ModelGraph exported = step.export();
            float[] actual = exported.initializers().get("weight0").floats();
            for (int k = 0; k < actual.length; k++) {
                assertThat((double) actual[k]).isCloseTo(average[k], within(1e-6));
            }
            try (TrainStep reloaded = TrainStep.compile(exported, StepFixture.MIXED, PLAIN, "cpu", 1)) {
                assertThat(step.logits(fixture.inputs, 6)).isEqualTo(reloaded.logits(fixture.inputs, 6));
            }
        }
    }

    @Test
    void freeze_matchingParameters_stayBitForBit() {
        try (TrainStep step =
                fixture.compile(AdamW.withWeightDecay(0.1), StepOptions.DEFAULT.withFreeze(List.of("*0")))) {
            ModelGraph before = fixture.reference.graph();
            fixture.run(step, 0.1, 0);
            ModelGraph after = step.export();

            for (String name : List.of("weight0", "bias0", "weight1", "bias1")) {
                boolean same = Arrays.equals(
                        after.initializers().get(name).floats(),
                        before.initializers().get(name).floats());
                assertThat(same).as(name).isEqualTo(name.endsWith("0"));
            }
        }
    }

    @Test
    void freeze_patternThatMatchesNothing_namesTheNearest() {
        assertThatThrownBy(() -> fixture.compile(PLAIN, StepOptions.DEFAULT.withFreeze(List.of("wieght1"))))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "freeze: wieght1 (expected: the name of a parameter, * for any characters; nearest: weight1,"
                                + " weight0, bias1)");
    }

    @Test
    void freeze_everything_isRefused() {
        assertThatThrownBy(() -> fixture.compile(PLAIN, StepOptions.DEFAULT.withFreeze(List.of("*"))))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("no parameter trains (expected: at least one that is not frozen)");
    }

    /** With a gradient of zero, plain SGD moves a parameter by its decay alone. */
    @Test
    void noWeightDecay_patterns_replaceTheRuleOfRanks() {
        DistillationLoss loss = new DistillationLoss(1, 1, 0);
        Sgd sgd = new Sgd(0, false, 0.5);
        StepOptions options = StepOptions.DEFAULT.withNoWeightDecay(List.of("weight1", "bias0"));
        try (TrainStep step = TrainStep.compile(fixture.reference.graph(), loss, sgd, options, "cpu", 1)) {
            float[] own = step.logits(fixture.inputs, 6);
            Map<String, float[]> before = step.state().tensors();
            step.run(fixture.inputs, 6, own, fixture.labels, 0.1, 0);
            Map<String, float[]> after = step.state().tensors();

            for (String name : List.of("weight0", "bias0", "weight1", "bias1")) {
                double kept = name.equals("weight1") || name.equals("bias0") ? 1 : 1 - 0.1 * 0.5;
                assertThat((double) after.get("parameter/" + name)[0])
                        .as(name)
                        .isCloseTo(kept * before.get("parameter/" + name)[0], within(1e-6));
            }
        }
    }

    @Test
    void clipNorm_gradientsOverflow_skipTheUpdate() {
        // 1e30 enters the gradient of weight0 as it is, and its square overflows in fp32.
        float[] huge = fixture.inputs.clone();
        huge[0] = 1e30f;
        DistillationLoss loss = new DistillationLoss(1, 0, 1e-4);
        StepOptions options = StepOptions.DEFAULT.withClipNorm(1);
        try (TrainStep step = TrainStep.compile(fixture.reference.graph(), loss, PLAIN, options, "cpu", 1)) {
            Map<String, float[]> before = step.state().tensors();
            StepResult result = step.run(huge, 6, null, fixture.labels, 0.1, 0);

            assertThat(result.skipped()).isTrue();
            assertThat(step.state().updates()).isZero();
            step.state()
                    .tensors()
                    .forEach((name, values) -> assertThat(values).as(name).isEqualTo(before.get(name)));
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void restore_everythingOn_endsBitIdenticalToTheUnbrokenRun(Precision precision) {
        StepOptions options = StepOptions.DEFAULT
                .withPrecision(precision)
                .withClipNorm(0.5)
                .withAccumulate(3)
                .withEmaDecay(0.9)
                .withFreeze(List.of("bias1"))
                .withNoWeightDecay(List.of("bias*"));
        for (Optimizer optimizer :
                List.of(new Sgd(0.9, true, 0.01), AdamW.withWeightDecay(0.01), new Lamb(0.9, 0.999, 1e-6, 0.01))) {
            TrainState unbroken;
            TrainState middle;
            try (TrainStep step = fixture.compile(optimizer, options)) {
                steps(step, 0, 50);
                // Two batches into an update.
                middle = step.state();
                assertThat(middle.pendingBatches()).isEqualTo(2);
                steps(step, 50, 100);
                unbroken = step.state();
            }
            try (TrainStep resumed = fixture.compile(optimizer, options)) {
                resumed.restore(middle);
                steps(resumed, 50, 100);
                requireSame(resumed.state(), unbroken);
            }
        }
    }

    @Test
    void run_200StepsTwice_areBitIdentical() {
        StepOptions options = StepOptions.DEFAULT
                .withPrecision(Precision.BF16)
                .withClipNorm(1)
                .withEmaDecay(0.99);
        try (TrainStep a = fixture.compile(AdamW.withWeightDecay(0.01), options);
                TrainStep b = fixture.compile(AdamW.withWeightDecay(0.01), options)) {
            steps(a, 0, 200);
            steps(b, 0, 200);
            requireSame(a.state(), b.state());
        }
    }

    @Test
    void options_outOfRange_areNamed() {
        assertThatThrownBy(() -> StepOptions.DEFAULT.withClipNorm(-1))
                .hasMessage("clipNorm: -1.0 (expected: >= 0 and finite)");
        assertThatThrownBy(() -> StepOptions.DEFAULT.withAccumulate(0)).hasMessage("accumulate: 0 (expected: >= 1)");
        assertThatThrownBy(() -> StepOptions.DEFAULT.withEmaDecay(1)).hasMessage("emaDecay: 1.0 (expected: in [0, 1))");
    }

    private void steps(TrainStep step, int from, int to) {
        for (int s = from; s < to; s++) {
            fixture.run(step, 0.01, s);
        }
    }

    private void runRows(TrainStep step, int from, int to) {
        step.run(
                Arrays.copyOfRange(fixture.inputs, from * StepFixture.INPUTS, to * StepFixture.INPUTS),
                to - from,
                Arrays.copyOfRange(fixture.teacherLogits, from * CLASSES, to * CLASSES),
                Arrays.copyOfRange(fixture.labels, from, to),
                0.1,
                0);
    }

    private static void requireSame(TrainState actual, TrainState expected) {
        assertThat(actual.updates()).isEqualTo(expected.updates());
        assertThat(actual.tensors().keySet()).isEqualTo(expected.tensors().keySet());
        expected.tensors()
                .forEach((name, values) ->
                        assertThat(actual.tensors().get(name)).as(name).isEqualTo(values));
    }
}

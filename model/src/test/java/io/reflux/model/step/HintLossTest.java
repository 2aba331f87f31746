package io.reflux.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.precision.Precision;
import io.reflux.model.runtime.Inputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps with hints against a double-precision reference whose gradients are central differences. */
final class HintLossTest {

    private static final int ROWS = 6;
    private static final int INPUTS = 5;
    private static final int HIDDEN = 7;
    private static final int CLASSES = 3;
    private static final double DELTA = 1e-6;

    private final DoubleMlp reference = new DoubleMlp(11, INPUTS, HIDDEN, CLASSES);
    private final float[] inputs = StepFixture.gaussian(1, ROWS * INPUTS, 1);
    private final float[] teacherLogits = StepFixture.gaussian(2, ROWS * CLASSES, 4);
    private final float[] hint = StepFixture.gaussian(3, ROWS * HIDDEN, 2);
    private final float[] logitsHint = StepFixture.gaussian(4, ROWS * CLASSES, 2);
    private final int[] labels = {0, 1, 2, 1, 0, 2};

    HintLossTest() {
        reference.roundToFloat();
    }

    private static DistillationLoss loss(double hiddenWeight, double logitsWeight) {
        return new DistillationLoss(3, 0.7, 0.4)
                .withHints(List.of(new HintLoss("hidden0", hiddenWeight), new HintLoss("logits", logitsWeight)));
    }

    private ModelGraph graph() {
        return reference.graph().withOutputs(List.of("hidden0"));
    }

    private TrainStep compile(DistillationLoss loss, StepOptions options) {
        return TrainStep.compile(graph(), loss, new Sgd(0, false, 0), options, "cpu", 5);
    }

    private StepResult run(TrainStep step, double learningRate) {
        return step.run(Inputs.of(inputs), ROWS, teacherLogits, List.of(hint, logitsHint), labels, learningRate, 0);
    }

    /** Sum over both hints of weight x mean square. */
    private double hintLoss(DistillationLoss loss) {
        double hidden = 0;
        double logits = 0;
        double[] weight = reference.parameters.get(0);
        double[] bias = reference.parameters.get(1);
        for (int row = 0; row < ROWS; row++) {
            for (int o = 0; o < HIDDEN; o++) {
                double value = bias[o];
                for (int i = 0; i < INPUTS; i++) {
                    value += weight[o * INPUTS + i] * inputs[row * INPUTS + i];
                }
                hidden += Math.pow(Math.max(0, value) - hint[row * HIDDEN + o], 2);
            }
            double[] given = reference.logits(inputs, row);
            for (int c = 0; c < CLASSES; c++) {
                logits += Math.pow(given[c] - logitsHint[row * CLASSES + c], 2);
            }
        }
        return loss.hints().get(0).weight() * hidden / (ROWS * HIDDEN)
                + loss.hints().get(1).weight() * logits / (ROWS * CLASSES);
    }

    private double total(DistillationLoss loss) {
        return reference.loss(loss, inputs, teacherLogits, labels) + hintLoss(loss);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.5", "0.01, 3"})
    void run_withHints_reportsTheReferencesLoss_andMovesByItsGradient(double hiddenWeight, double logitsWeight) {
        DistillationLoss loss = loss(hiddenWeight, logitsWeight);
        try (TrainStep step = compile(loss, StepOptions.DEFAULT)) {
            Map<String, float[]> before = step.state().tensors();
            StepResult result = run(step, 1);
            assertThat(result.hintLoss()).isCloseTo(hintLoss(loss), within(1e-5));
            assertThat(result.loss()).isCloseTo(total(loss), within(1e-5));

            Map<String, float[]> after = step.state().tensors();
            for (int i = 0; i < reference.parameters.size(); i++) {
                double[] parameter = reference.parameters.get(i);
                String name = "parameter/" + StepFixture.name(i);
                for (int k = 0; k < parameter.length; k++) {
                    double saved = parameter[k];
                    parameter[k] = saved + DELTA;
                    double above = total(loss);
                    parameter[k] = saved - DELTA;
                    double below = total(loss);
                    parameter[k] = saved;
                    assertThat(before.get(name)[k] - (double) after.get(name)[k])
                            .as("%s[%d]", name, k)
                            .isCloseTo((above - below) / (2 * DELTA), within(3e-5));
                }
            }
        }
    }

    /** Two halves of a batch, accumulated, are the batch: each gradient is a mean over as many samples. */
    @Test
    void run_accumulatedHalves_moveAsTheWhole() {
        DistillationLoss loss = loss(1, 0.5);
        try (TrainStep whole = compile(loss, StepOptions.DEFAULT);
                TrainStep halves = compile(loss, StepOptions.DEFAULT.withAccumulate(2))) {
            run(whole, 0.5);
            for (int half = 0; half < 2; half++) {
                halves.run(
                        Inputs.of(part(inputs, half, INPUTS)),
                        ROWS / 2,
                        part(teacherLogits, half, CLASSES),
                        List.of(part(hint, half, HIDDEN), part(logitsHint, half, CLASSES)),
                        new int[] {labels[half * 3], labels[half * 3 + 1], labels[half * 3 + 2]},
                        0.5,
                        half);
            }
            assertThat(StepFixture.distance(whole, halves)).isLessThan(2e-6);
        }
    }

    private static float[] part(float[] values, int half, int elements) {
        int from = half * ROWS / 2 * elements;
        return Arrays.copyOfRange(values, from, from + ROWS / 2 * elements);
    }

    /** Products round to 8 bits of mantissa, the comparison does not. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BF16", "FP16"})
    void run_inHalfPrecision_comparesInFp32(Precision precision) {
        DistillationLoss loss = loss(1, 0.5);
        try (TrainStep step = compile(loss, StepOptions.DEFAULT.withPrecision(precision))) {
            assertThat(run(step, 0.1).hintLoss()).isCloseTo(hintLoss(loss), withinPercentage(2));
            assertThat(run(step, 0.1).skipped()).isFalse();
        }
    }

    @Test
    void run_withoutHints_reportsNone() {
        try (TrainStep step =
                TrainStep.compile(graph(), new DistillationLoss(1, 0, 1), new Sgd(0, false, 0), "cpu", 1)) {
            assertThat(step.run(inputs, ROWS, null, labels, 0.1, 0).hintLoss()).isZero();
        }
    }

    @Test
    void run_hintsThatDoNotFit_areRefused() {
        try (TrainStep step = compile(loss(1, 1), StepOptions.DEFAULT)) {
            Inputs batch = Inputs.of(inputs);
            assertThatThrownBy(() -> step.run(batch, ROWS, teacherLogits, List.of(hint), labels, 0.1, 0))
                    .hasMessage("hints: 1 (expected: 2)");
            assertThatThrownBy(() -> step.run(batch, ROWS, teacherLogits, List.of(hint, hint), labels, 0.1, 0))
                    .hasMessage("hint 1: 42 elements (expected: 18 elements)");
        }
        List<HintLoss> unknown = new ArrayList<>(List.of(new HintLoss("sum0", 1)));
        assertThatThrownBy(() -> compile(new DistillationLoss(1, 1, 0).withHints(unknown), StepOptions.DEFAULT))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "mlp: hint sum0: no output (expected: an output [batch, ...] with all but the batch fixed)");
        assertThatThrownBy(() -> new HintLoss("sum0", 0)).hasMessage("weight: 0.0 (expected: > 0 and finite)");
    }
}

package io.reflux.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.ModelGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps of the compiled script against a double-precision reference whose gradients are central differences. */
final class TrainStepTest {

    private static final int ROWS = 6;
    private static final int INPUTS = 5;
    private static final int CLASSES = 3;
    private static final DistillationLoss MIXED = new DistillationLoss(3, 0.7, 0.4);

    private final DoubleMlp reference = new DoubleMlp(11, INPUTS, 7, CLASSES);
    private final float[] inputs = gaussian(1, ROWS * INPUTS, 1);
    private final float[] teacherLogits = gaussian(2, ROWS * CLASSES, 4);
    private final int[] labels = {0, 1, 2, 1, 0, 2};

    TrainStepTest() {
        reference.roundToFloat();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "20, 1, 0", "4, 0.9, 0.1", "1, 0, 1", "2.5, 0.3, 2"})
    void run_anyWeights_reportsTheReferencesLoss(double temperature, double soft, double hard) {
        DistillationLoss loss = new DistillationLoss(temperature, soft, hard);
        try (TrainStep step = plainSgd(reference.graph(), loss)) {
            StepResult result = step.run(inputs, ROWS, teacherLogits, labels, 0, 0);

            assertThat(result.loss()).isCloseTo(reference.loss(loss, inputs, teacherLogits, labels), within(1e-5));
            assertThat(result.loss()).isCloseTo(soft * result.softLoss() + hard * result.hardLoss(), within(1e-5));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "20, 1, 0", "4, 0.9, 0.1", "1, 0, 1"})
    void run_plainSgdOfRateOne_movesEachParameterByItsGradient(double temperature, double soft, double hard) {
        DistillationLoss loss = new DistillationLoss(temperature, soft, hard);
        List<double[]> gradients = reference.gradients(loss, inputs, teacherLogits, labels);
        try (TrainStep step = plainSgd(reference.graph(), loss)) {
            Map<String, float[]> before = step.state().tensors();
            step.run(inputs, ROWS, teacherLogits, labels, 1, 0);
            Map<String, float[]> after = step.state().tensors();

            for (int i = 0; i < gradients.size(); i++) {
                String name = "parameter/" + name(i);
                for (int k = 0; k < gradients.get(i).length; k++) {
                    double moved = before.get(name)[k] - (double) after.get(name)[k];
                    assertThat(moved)
                            .as(name + "[" + k + "]")
                            .isCloseTo(gradients.get(i)[k], within(2e-5));
                }
            }
        }
    }

    @Test
    void run_nesterovWithDecay_followsTheFormulasForFiveSteps() {
        Sgd sgd = new Sgd(0.9, true, 0.05);
        List<double[]> moments = zerosLikeParameters();
        followFiveSteps(sgd, 0.1, (i, gradient, update) -> {
            double[] parameter = reference.parameters.get(i);
            for (int k = 0; k < gradient.length; k++) {
                double g = gradient[k] + (isWeight(i) ? 0.05 * parameter[k] : 0);
                moments.get(i)[k] = 0.9 * moments.get(i)[k] + g;
                parameter[k] -= 0.1 * (g + 0.9 * moments.get(i)[k]);
            }
        });
    }

    @Test
    void run_heavyBallMomentum_followsTheFormulasForFiveSteps() {
        List<double[]> moments = zerosLikeParameters();
        followFiveSteps(new Sgd(0.8, false, 0), 0.2, (i, gradient, update) -> {
            for (int k = 0; k < gradient.length; k++) {
                moments.get(i)[k] = 0.8 * moments.get(i)[k] + gradient[k];
                reference.parameters.get(i)[k] -= 0.2 * moments.get(i)[k];
            }
        });
    }

    @Test
    void run_adamW_followsTheFormulasForFiveSteps() {
        List<double[]> first = zerosLikeParameters();
        List<double[]> second = zerosLikeParameters();
        followFiveSteps(new AdamW(0.9, 0.99, 1e-6, 0.1), 0.01, (i, gradient, update) -> {
            double[] parameter = reference.parameters.get(i);
            for (int k = 0; k < gradient.length; k++) {
                parameter[k] *= isWeight(i) ? 1 - 0.01 * 0.1 : 1;
                first.get(i)[k] = 0.9 * first.get(i)[k] + 0.1 * gradient[k];
                second.get(i)[k] = 0.99 * second.get(i)[k] + 0.01 * gradient[k] * gradient[k];
                double m = first.get(i)[k] / (1 - Math.pow(0.9, update));
                double v = second.get(i)[k] / (1 - Math.pow(0.99, update));
                parameter[k] -= 0.01 * m / (Math.sqrt(v) + 1e-6);
            }
        });
    }

    @Test
    void run_countsCorrectAndAgreeingSamples() {
        int correct = 0;
        int agreeing = 0;
        for (int row = 0; row < ROWS; row++) {
            int predicted = argmax(reference.logits(inputs, row));
            double[] teacher = new double[CLASSES];
            for (int c = 0; c < CLASSES; c++) {
                teacher[c] = teacherLogits[row * CLASSES + c];
            }
            correct += predicted == labels[row] ? 1 : 0;
            agreeing += predicted == argmax(teacher) ? 1 : 0;
        }
        try (TrainStep step = plainSgd(reference.graph(), MIXED)) {
            StepResult result = step.run(inputs, ROWS, teacherLogits, labels, 0, 0);

            assertThat(result.correct()).isEqualTo(correct);
            assertThat(result.agreeing()).isEqualTo(agreeing);
        }
    }

    @Test
    void run_softLossOnly_vanishesWhenStudentEqualsTeacher() {
        DistillationLoss loss = new DistillationLoss(5, 1, 0);
        try (TrainStep step = plainSgd(reference.graph(), loss)) {
            float[] own = step.logits(inputs, ROWS);
            StepResult result = step.run(inputs, ROWS, own, labels, 0, 0);

            assertThat(result.loss()).isCloseTo(0, within(1e-6));
            assertThat(result.agreeing()).isEqualTo(ROWS);
        }
    }

    @Test
    void run_nonFiniteTeacher_throwsAndLeavesTheWeights() {
        float[] poisoned = teacherLogits.clone();
        poisoned[4] = Float.NaN;
        try (TrainStep step = plainSgd(reference.graph(), MIXED)) {
            byte[] before = step.export().toByteArray();

            assertThatThrownBy(() -> step.run(inputs, ROWS, poisoned, labels, 0.1, 17))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageStartingWith("loss at step 17: NaN (expected: finite)");
            assertThat(step.export().toByteArray()).isEqualTo(before);
            assertThat(step.state().updates()).isZero();
        }
    }

    @Test
    void run_twiceFromTheSameSeed_isBitIdentical() {
        assertThat(trained(20)).isEqualTo(trained(20));
    }

    @Test
    void restore_inTheMiddle_endsBitIdenticalToTheUnbrokenRun() {
        TrainState middle;
        try (TrainStep step = adamW()) {
            steps(step, 0, 12);
            middle = step.state();
        }
        try (TrainStep resumed = adamW()) {
            resumed.restore(middle);
            steps(resumed, 12, 20);

            assertThat(resumed.export().toByteArray()).isEqualTo(trained(20));
        }
    }

    @Test
    void restore_stateOfAnotherOptimizer_isRefused() {
        try (TrainStep adam = adamW();
                TrainStep sgd = plainSgd(reference.graph(), MIXED)) {
            TrainState state = adam.state();

            assertThatThrownBy(() -> sgd.restore(state))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("moment0/weight0");
        }
    }

    @Test
    void run_badArguments_areNamed() {
        try (TrainStep step = plainSgd(reference.graph(), MIXED)) {
            assertThatThrownBy(() -> step.run(inputs, ROWS, teacherLogits, new int[] {0, 1, 2, 3, 0, 0}, 0.1, 0))
                    .hasMessage("label: 3 (expected: in [0, 3), or -1 for none)");
            assertThatThrownBy(() -> step.run(inputs, ROWS, teacherLogits, new int[] {-1, -1, -1, -1, -1, -1}, 0.1, 0))
                    .hasMessage("labels that count: 0 (expected: > 0)");
            assertThatThrownBy(() -> step.run(inputs, ROWS, null, labels, 0.1, 0))
                    .hasMessage("teacherLogits: 0 elements (expected: 18 elements)");
            assertThatThrownBy(() -> step.run(new float[7], ROWS, teacherLogits, labels, 0.1, 0))
                    .hasMessageContaining("inputs: 7 elements for 6 samples (expected: 5 a sample");
            assertThatThrownBy(() -> step.run(inputs, ROWS, teacherLogits, labels, -0.1, 0))
                    .hasMessage("learningRate: -0.1 (expected: >= 0 and finite)");
        }
    }

    private void followFiveSteps(Optimizer optimizer, double learningRate, ReferenceUpdate update) {
        try (TrainStep step = TrainStep.compile(reference.graph(), MIXED, optimizer, "cpu", 1)) {
            for (int s = 1; s <= 5; s++) {
                step.run(inputs, ROWS, teacherLogits, labels, learningRate, s);
                List<double[]> gradients = reference.gradients(MIXED, inputs, teacherLogits, labels);
                for (int i = 0; i < gradients.size(); i++) {
                    update.apply(i, gradients.get(i), s);
                }
            }
            Map<String, float[]> tensors = step.state().tensors();
            for (int i = 0; i < reference.parameters.size(); i++) {
                float[] actual = tensors.get("parameter/" + name(i));
                for (int k = 0; k < actual.length; k++) {
                    assertThat((double) actual[k])
                            .as(name(i) + "[" + k + "]")
                            .isCloseTo(reference.parameters.get(i)[k], within(2e-4));
                }
            }
        }
    }

    private byte[] trained(int count) {
        try (TrainStep step = adamW()) {
            steps(step, 0, count);
            return step.export().toByteArray();
        }
    }

    private void steps(TrainStep step, int from, int to) {
        for (int s = from; s < to; s++) {
            step.run(inputs, ROWS, teacherLogits, labels, 0.01, s);
        }
    }

    private TrainStep adamW() {
        return TrainStep.compile(reference.graph(), MIXED, AdamW.withWeightDecay(0.01), "cpu", 5);
    }

    private static TrainStep plainSgd(ModelGraph graph, DistillationLoss loss) {
        return TrainStep.compile(graph, loss, new Sgd(0, false, 0), "cpu", 5);
    }

    private List<double[]> zerosLikeParameters() {
        List<double[]> zeros = new ArrayList<>();
        reference.parameters.forEach(parameter -> zeros.add(new double[parameter.length]));
        return zeros;
    }

    private static boolean isWeight(int parameter) {
        return parameter % 2 == 0;
    }

    private static String name(int parameter) {
        return (isWeight(parameter) ? "weight" : "bias") + parameter / 2;
    }

    private static int argmax(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    private static float[] gaussian(long seed, int size, double scale) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (random.nextGaussian() * scale);
        }
        return values;
    }

    private interface ReferenceUpdate {
        void apply(int parameter, double[] gradient, int update);
    }
}

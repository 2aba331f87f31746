package io.reflux.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A linear layer treats positions alike, so a batch of B samples with T positions must train it as a batch of B·T samples
 * does, and positions without a label as if they were not there.
 */
final class PositionsTest {

    private static final int ROWS = 2;
    private static final int POSITIONS = 3;
    private static final int INPUTS = 4;
    private static final int CLASSES = 5;
    private static final DistillationLoss MIXED = new DistillationLoss(2, 0.7, 0.4);

    private final float[] inputs = gaussian(1, ROWS * POSITIONS * INPUTS);
    private final float[] teacherLogits = gaussian(2, ROWS * POSITIONS * CLASSES);
    private final int[] labels = {0, 1, 2, 3, 4, 0};

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.7})
    void run_positionsOfASample_trainAsSamplesOfTheirOwn(double softLossWeight) {
        DistillationLoss loss = new DistillationLoss(2, softLossWeight, 0.4);
        try (TrainStep sequences = step(linear(POSITIONS), loss);
                TrainStep samples = step(linear(0), loss)) {
            StepResult a = sequences.run(inputs, ROWS, teacherLogits, labels, 1, 0);
            StepResult b = samples.run(inputs, ROWS * POSITIONS, teacherLogits, labels, 1, 0);

            assertSame(a, b);
            assertThat(a.counted()).isEqualTo(6);
            assertThat(sequences.positions()).isEqualTo(POSITIONS);
            assertThat(sequences.state().tensors().get("parameter/w"))
                    .containsExactly(samples.state().tensors().get("parameter/w"), Offset.offset(1e-6f));
            assertThat(sequences.logits(inputs, ROWS)).hasSize(ROWS * POSITIONS * CLASSES);
        }
    }

    @Test
    void run_positionsWithoutLabel_countForNothing() {
        int[] some = {0, -1, 2, -1, -1, 0};
        float[] keptInputs = rows(inputs, INPUTS, 0, 2, 5);
        float[] keptTeacher = rows(teacherLogits, CLASSES, 0, 2, 5);
        try (TrainStep sequences = step(linear(POSITIONS), MIXED);
                TrainStep kept = step(linear(0), MIXED)) {
            StepResult a = sequences.run(inputs, ROWS, teacherLogits, some, 1, 0);
            StepResult b = kept.run(keptInputs, 3, keptTeacher, new int[] {0, 2, 0}, 1, 0);

            assertSame(a, b);
            assertThat(a.counted()).isEqualTo(3);
            assertThat(sequences.state().tensors().get("parameter/w"))
                    .containsExactly(kept.state().tensors().get("parameter/w"), Offset.offset(1e-6f));
        }
    }

    @Test
    void run_labelsOfSamplesWherePositionsNeedThem_areRefused() {
        try (TrainStep step = step(linear(POSITIONS), MIXED)) {
            assertThatThrownBy(() -> step.run(inputs, ROWS, teacherLogits, new int[] {0, 1}, 1, 0))
                    .hasMessage("labels: 2 (expected: 6 labels)");
            assertThatThrownBy(() -> step.run(inputs, ROWS, new float[10], labels, 1, 0))
                    .hasMessage("teacherLogits: 10 elements (expected: 30 elements)");
        }
    }

    private static void assertSame(StepResult a, StepResult b) {
        assertThat(a.loss()).isCloseTo(b.loss(), Offset.offset(1e-6));
        assertThat(a.softLoss()).isCloseTo(b.softLoss(), Offset.offset(1e-6));
        assertThat(a.hardLoss()).isCloseTo(b.hardLoss(), Offset.offset(1e-6));
        assertThat(List.of(a.counted(), a.correct(), a.agreeing()))
                .isEqualTo(List.of(b.counted(), b.correct(), b.agreeing()));
    }

    private static TrainStep step(ModelGraph graph, DistillationLoss loss) {
        return TrainStep.compile(graph, loss, new Sgd(0, false, 0), "cpu", 0);
    }

    /** x·w over B×E, or over B×T×E for T &gt; 0. */
    private static ModelGraph linear(int positions) {
        long[] x = positions == 0 ? new long[] {-1, INPUTS} : new long[] {-1, positions, INPUTS};
        long[] y = positions == 0 ? new long[] {-1, CLASSES} : new long[] {-1, positions, CLASSES};
        return ModelGraph.builder("linear")
                .input("x", ElementType.FLOAT, x)
                .initializer(GraphTensor.of("w", new long[] {INPUTS, CLASSES}, gaussian(3, INPUTS * CLASSES)))
                .node("MatMul", "product", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.FLOAT, y)
                .build();
    }

    private static float[] rows(float[] values, int width, int... rows) {
        float[] kept = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(values, rows[i] * width, kept, i * width, width);
        }
        return kept;
    }

    private static float[] gaussian(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}

package io.reflux.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.precision.Precision;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Running statistics of a step that changes no weights: logits = (normalised x) · w, B×2. */
final class RunningStatisticsTest {

    private static final float[] GOOD = {1, 2, 3, 5};
    private static final int[] LABELS = {0, 1};
    private static final Sgd PLAIN = new Sgd(0, false, 0);

    @Test
    void run_nonFiniteInput_leavesThem() {
        float[] bad = {1, Float.NaN, 3, 5};
        try (TrainStep step = compile(StepOptions.DEFAULT, 1)) {
            step.run(GOOD, 2, null, LABELS, 0.1, 0);
            Map<String, float[]> before = step.state().tensors();

            assertThatThrownBy(() -> step.run(bad, 2, null, LABELS, 0.1, 1)).isInstanceOf(NonFiniteLossException.class);
            assertSame(step.state().tensors(), before);
        }
    }

    /** By hand: running ← 0.9 · running + 0.1 · batch, of the batch's mean (1 + 3) / 2 and variance ((1 − 3)² / 2). */
    @Test
    void run_finiteLoss_movesThem() {
        try (TrainStep step = compile(StepOptions.DEFAULT, 1)) {
            step.run(GOOD, 2, null, LABELS, 0.1, 0);

            assertThat(step.state().tensors().get("buffer/mean")[0]).isEqualTo(0.2f);
            assertThat(step.state().tensors().get("buffer/variance")[0]).isEqualTo(0.9f + 0.1f * 2);
        }
    }

    @Test
    void run_accumulatingNonFiniteBatch_leavesThoseOfTheBatchesBefore() {
        float[] bad = {1, Float.POSITIVE_INFINITY, 3, 5};
        try (TrainStep step = compile(StepOptions.DEFAULT.withAccumulate(2), 1)) {
            step.run(GOOD, 2, null, LABELS, 0.1, 0);
            Map<String, float[]> before = step.state().tensors();
            assertThat(before.get("buffer/mean")[0]).isEqualTo(0.2f);

            assertThatThrownBy(() -> step.run(bad, 2, null, LABELS, 0.1, 1)).isInstanceOf(NonFiniteLossException.class);
            assertSame(step.state().tensors(), before);
        }
    }

    /** The loss is finite, but a gradient of the product's first factor, times the scale of 65536, is beyond fp16's 65504. */
    @Test
    void run_skippedByLossScaling_leavesThem() {
        try (TrainStep step = compile(StepOptions.DEFAULT.withPrecision(Precision.FP16), 1000)) {
            Map<String, float[]> before = step.state().tensors();

            assertThat(step.run(GOOD, 2, null, LABELS, 0.1, 0).skipped()).isTrue();
            Map<String, float[]> after = step.state().tensors();
            for (String name : List.of("buffer/mean", "buffer/variance", "parameter/w", "parameter/scale")) {
                assertThat(after.get(name)).as(name).isEqualTo(before.get(name));
            }
        }
    }

    private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
        expected.forEach((name, values) -> assertThat(actual.get(name)).as(name).isEqualTo(values));
    }

    private static TrainStep compile(StepOptions options, float weight) {
        ModelGraph graph = ModelGraph.builder("normalised")
                .input("x", ElementType.FLOAT, -1, 2)
                .initializer(vector("scale", 1))
                .initializer(vector("bias", 0))
                .initializer(vector("mean", 0))
                .initializer(vector("variance", 1))
                .initializer(GraphTensor.of("w", new long[] {2, 2}, new float[] {weight, -weight, weight / 2, weight}))
                .node(
                        "BatchNormalization",
                        "norm",
                        List.of("x", "scale", "bias", "mean", "variance"),
                        List.of("normalised"),
                        Attributes.NONE.withFloat("momentum", 0.9f))
                .node("MatMul", "product", List.of("normalised", "w"), List.of("logits"))
                .output("logits", ElementType.FLOAT, -1, 2)
                .build();
        return TrainStep.compile(graph, DistillationLoss.HARD_LABELS, PLAIN, options, "cpu", 1);
    }

    private static GraphTensor vector(String name, float value) {
        return GraphTensor.of(name, new long[] {2}, new float[] {value, value});
    }
}

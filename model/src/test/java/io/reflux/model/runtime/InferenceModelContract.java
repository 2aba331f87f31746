package io.reflux.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every engine must do with the same small model: three inputs, two classes, logits = x · W + b. */
abstract class InferenceModelContract {

    /** W is [[1, 2], [2, 3], [3, 5]], b is [0.5, 1.5]. */
    static ModelGraph linear(long batch) {
        return ModelGraph.builder("linear")
                .input("x", ElementType.FLOAT, batch, 3)
                .initializer(GraphTensor.of("w", new long[] {3, 2}, new float[] {1, 2, 2, 3, 3, 5}))
                .initializer(GraphTensor.of("b", new long[] {2}, new float[] {0.5f, 1.5f}))
                .node("Gemm", "gemm", List.of("x", "w", "b"), List.of("y"), Attributes.NONE)
                .output("y", ElementType.FLOAT, batch, 2)
                .build();
    }

    /** The small model, whose second output is max(0, x) · U, U = [[1], [1], [-1]], and whose third is no hint. */
    static ModelGraph withHint() {
        return linear(-1).toBuilder()
                .initializer(GraphTensor.of("u", new long[] {3, 1}, new float[] {1, 1, -1}))
                .node("Relu", "relu", List.of("x"), List.of("positive"))
                .node("MatMul", "sum", List.of("positive", "u"), List.of("hint"))
                .output("hint", ElementType.FLOAT, -1, 1)
                .node("ReduceSum", "all", List.of("hint"), List.of("total"), Attributes.NONE.withInt("keepdims", 0))
                .output("total", ElementType.FLOAT)
                .build();
    }

    /** Opens the small model in the engine under test. */
    abstract InferenceModel openLinear();

    /** Opens a model of the engine under test that computes what {@link #withHint} does. */
    abstract InferenceModel openWithHint();

    @Test
    final void values_ofSeveralOutputs_comeFromOnePassInTheOrderAsked() {
        try (InferenceModel model = openWithHint()) {
            assertThat(model.outputs()).extracting(ModelOutput::shape).containsExactly(List.of(2L), List.of(1L));
            Inputs inputs = Inputs.of(new float[] {1, 0, 0, -4, 2, 1});

            List<float[]> values = model.values(inputs, 2, 1, 0);

            assertThat(values.get(0)).containsExactly(1, 1);
            assertThat(values.get(1)).containsExactly(1.5f, 3.5f, 3.5f, 4.5f);
            assertThat(model.logits(inputs, 2)).isEqualTo(values.get(1));
            assertThat(model.values(inputs, 2)).isEmpty();
        }
    }

    @Test
    final void values_outputThatIsNot_isRefused() {
        try (InferenceModel model = openWithHint()) {
            assertThatThrownBy(() -> model.values(Inputs.of(new float[3]), 1, 0, 2))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    final void logits_areTheProduct() {
        try (InferenceModel model = openLinear()) {
            assertThat(model.logits(new float[] {1, 0, 0, 0, 1, 1}, 2)).containsExactly(1.5f, 3.5f, 5.5f, 9.5f);
            assertThat(model.sampleShape()).containsExactly(3L);
            assertThat(model.numClasses()).isEqualTo(2);
            assertThat(model.digest()).matches("[0-9a-f]{64}");
        }
    }

    @Test
    final void logits_anyBatchAfterAnother_areIndependent() {
        try (InferenceModel model = openLinear()) {
            float[] alone = model.logits(new float[] {1, 2, 3}, 1);
            model.logits(new float[3 * 70], 70);

            assertThat(model.logits(new float[] {1, 2, 3}, 1)).isEqualTo(alone);
        }
    }

    @Test
    final void logits_ofNothing_areEmpty() {
        try (InferenceModel model = openLinear()) {
            assertThat(model.logits(new float[0], 0)).isEmpty();
        }
    }

    @Test
    final void logits_notANumber_isPassedOn() {
        try (InferenceModel model = openLinear()) {
            assertThat(model.logits(new float[] {Float.NaN, 0, 0}, 1)).containsExactly(Float.NaN, Float.NaN);
        }
    }

    @Test
    final void logits_wrongSize_isRefused() {
        try (InferenceModel model = openLinear()) {
            assertThatThrownBy(() -> model.logits(new float[4], 1))
                    .isInstanceOf(ModelException.class)
                    .hasMessage("inputs: 4 elements for 1 samples (expected: 3 a sample, shape [3])");
            assertThatThrownBy(() -> model.logits(new float[0], -1)).isInstanceOf(ModelException.class);
        }
    }

    @Test
    final void close_twice_isHarmlessAndLogitsAreRefused() {
        InferenceModel model = openLinear();
        model.close();
        model.close();

        assertThatThrownBy(() -> model.logits(new float[3], 1))
                .isInstanceOf(ModelException.class)
                .hasMessageEndingWith(": closed (expected: an open model)");
    }
}

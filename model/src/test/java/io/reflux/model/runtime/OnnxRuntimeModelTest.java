package io.reflux.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxRuntimeModelTest {

    @Test
    void logits_areTheProduct(@TempDir Path folder) {
        Path file = folder.resolve("m.onnx");
        ModelGraph graph = linear(-1);
        graph.write(file);

        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(file, 1)) {
            assertThat(model.logits(new float[] {1, 0, 0, 0, 1, 1}, 2)).containsExactly(1.5f, 3.5f, 5.5f, 10.5f);
            assertThat(model.sampleShape()).containsExactly(3L);
            assertThat(model.numClasses()).isEqualTo(2);
            assertThat(model.digest()).isEqualTo(graph.digest());
        }
    }

    @Test
    void logits_ofNothing_areEmpty() {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(linear(-1), 1)) {
            assertThat(model.logits(new float[0], 0)).isEmpty();
        }
    }

    @Test
    void logits_fixedBatch_isFilledUp() {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(linear(2), 1)) {
            float[] inputs = {1, 0, 0, 0, 1, 0, 0, 0, 1};

            assertThat(model.logits(inputs, 3)).containsExactly(1.5f, 3.5f, 2.5f, 4.5f, 3.5f, 6.5f);
        }
    }

    @Test
    void logits_notANumber_isPassedOn() {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(linear(-1), 1)) {
            assertThat(model.logits(new float[] {Float.NaN, 0, 0}, 1)).containsExactly(Float.NaN, Float.NaN);
        }
    }

    @Test
    void logits_wrongSize_isRefused() {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(linear(-1), 1)) {
            assertThatThrownBy(() -> model.logits(new float[4], 1))
                    .isInstanceOf(ModelException.class)
                    .hasMessage("inputs: 4 elements for 1 samples (expected: 3 a sample, shape [3])");
            assertThatThrownBy(() -> model.logits(new float[0], -1)).isInstanceOf(ModelException.class);
        }
    }

    @Test
    void close_twice_isHarmlessAndLogitsAreRefused() {
        OnnxRuntimeModel model = OnnxRuntimeModel.open(linear(-1), 1);
        model.close();
        model.close();

        assertThatThrownBy(() -> model.logits(new float[3], 1))
                .isInstanceOf(ModelException.class)
                .hasMessage("linear: closed (expected: an open model)");
    }

    @Test
    void open_whatIsNoClassifier_isRefused() {
        ModelGraph image = ModelGraph.builder("image")
                .input("x", ElementType.FLOAT, -1, 3, 4)
                .node("Relu", "relu", List.of("x"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, 3, 4)
                .build();
        ModelGraph freeSample = ModelGraph.builder("free")
                .input("x", ElementType.FLOAT, -1, -1)
                .node("Relu", "relu", List.of("x"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, -1)
                .build();

        assertThatThrownBy(() -> OnnxRuntimeModel.open(image, 1))
                .hasMessage("image: output y: shape [-1, 3, 4] (expected: [batch, classes])");
        assertThatThrownBy(() -> OnnxRuntimeModel.open(freeSample, 1))
                .hasMessage("free: input x: FLOAT[-1, -1] (expected: FLOAT[batch, ...] with all but the batch fixed)");
        assertThatThrownBy(() -> OnnxRuntimeModel.open(linear(-1), 0)).hasMessage("threads: 0 (expected: >= 1)");
    }

    @Test
    void open_whatOnnxRuntimeRefuses_isOneLine() {
        ModelGraph graph = ModelGraph.builder("odd")
                .input("x", ElementType.FLOAT, -1, 3)
                .node("NoSuchOperator", "n", List.of("x"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, 3)
                .build();

        assertThatThrownBy(() -> OnnxRuntimeModel.open(graph, 1))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("odd: ONNX Runtime refuses it: ")
                .hasMessageContaining("NoSuchOperator")
                .message()
                .doesNotContain("\n");
    }

    /** y = x · w′ + 0.5 for w = ((1, 2, 3), (3, 4, 6)). */
    private static ModelGraph linear(long batch) {
        return ModelGraph.builder("linear")
                .input("x", ElementType.FLOAT, batch, 3)
                .initializer(GraphTensor.of("w", new long[] {2, 3}, new float[] {1, 2, 3, 3, 4, 6}))
                .initializer(GraphTensor.of("b", new long[] {2}, new float[] {0.5f, 0.5f}))
                .node("Gemm", "fc", List.of("x", "w", "b"), List.of("y"), Attributes.NONE.withInt("transB", 1))
                .output("y", ElementType.FLOAT, batch, 2)
                .build();
    }
}

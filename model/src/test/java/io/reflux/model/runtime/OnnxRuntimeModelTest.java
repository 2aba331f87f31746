package io.reflux.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxRuntimeModelTest extends InferenceModelContract {

    @Override
    InferenceModel openLinear() {
        return OnnxRuntimeModel.open(linear(-1), 1);
    }

    @Override
    InferenceModel openWithHint() {
        return OnnxRuntimeModel.open(withHint(), 1);
    }

    @Test
    void values_ofAFileOfFixedBatch_areThoseOfTheSamplesAlone() {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(
                linear(2).toBuilder()
                        .node("Relu", "relu", List.of("x"), List.of("positive"))
                        .build(),
                List.of("positive"),
                1)) {
            float[] inputs = {1, -2, 0, 0, 1, 0, -3, 0, 1};

            assertThat(model.values(Inputs.of(inputs), 3, 1).get(0)).containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 1);
        }
    }

    @Test
    void digest_isThatOfTheFile(@TempDir Path folder) {
        Path file = folder.resolve("m.onnx");
        linear(-1).write(file);

        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(file, 1)) {
            assertThat(model.digest()).isEqualTo(linear(-1).digest());
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
    void open_whatIsNoClassifier_isRefused() {
        ModelGraph image = ModelGraph.builder("image")
                .input("x", ElementType.FLOAT, -1, 2, 3, 4)
                .node("Relu", "relu", List.of("x"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, 2, 3, 4)
                .build();
        ModelGraph freeSample = ModelGraph.builder("free")
                .input("x", ElementType.FLOAT, -1, -1)
                .node("Relu", "relu", List.of("x"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, -1)
                .build();

        assertThatThrownBy(() -> OnnxRuntimeModel.open(image, 1))
                .hasMessage("image: output y: shape [-1, 2, 3, 4] (expected: [batch, classes] or"
                        + " [batch, positions, classes])");
        assertThatThrownBy(() -> OnnxRuntimeModel.open(freeSample, 1))
                .hasMessage(
                        "free: input x: FLOAT[-1, -1] (expected: FLOAT or INT64[batch, ...] with all but the batch fixed)");
        assertThatThrownBy(() -> OnnxRuntimeModel.open(linear(-1), 0)).hasMessage("threads: 0 (expected: >= 1)");
    }

    @Test
    void logits_ofTokens_areOneRowForEachPosition() {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(table(-1), 1)) {
            assertThat(model.inputType()).isEqualTo(ElementType.INT64);
            assertThat(model.positions()).isEqualTo(2);
            assertThat(model.numClasses()).isEqualTo(3);
            assertThat(model.logits(Inputs.of(new long[] {1, 0, 3, 2}), 2))
                    .containsExactly(4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9);
        }
    }

    @Test
    void logits_ofTokensInAFileOfFixedBatch_areThoseOfTheSamplesAlone() {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(table(2), 1)) {
            assertThat(model.logits(Inputs.of(new long[] {1, 0, 3, 2, 0, 0}), 3))
                    .containsExactly(4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9, 1, 2, 3, 1, 2, 3);
        }
    }

    @Test
    void logits_ofTheOtherType_areRefused() {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(table(-1), 1)) {
            assertThatThrownBy(() -> model.logits(new float[2], 1)).hasMessage("inputs: FLOAT (expected: INT64)");
        }
    }

    /** Two tokens of a vocabulary of four, each of which picks its row of logits. */
    private static ModelGraph table(long batch) {
        return ModelGraph.builder("table")
                .input("ids", ElementType.INT64, batch, 2)
                .initializer(
                        GraphTensor.of("rows", new long[] {4, 3}, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}))
                .node("Gather", "pick", List.of("rows", "ids"), List.of("logits"))
                .output("logits", ElementType.FLOAT, batch, 2, 3)
                .build();
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
}

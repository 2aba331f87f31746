package io.reflux.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.summary.ModelSummary;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ZooTest {

    /** Counts: LeCun et al. 1998 and Han et al. 2015, arXiv:1506.02626, tables 1 and 3 (267K and 431K). */
    @ParameterizedTest
    @CsvSource({"lenet-300-100, 266610", "lenet-5, 431080", "mlp, 7850"})
    void build_hasTheParametersOfThePaper(String name, long parameters) {
        assertThat(ModelSummary.of(Zoo.build(ZooSpec.of(name))).parameters()).isEqualTo(parameters);
    }

    @ParameterizedTest
    @CsvSource({"lenet-300-100", "lenet-5", "mlp"})
    void build_runsInOnnxRuntime(String name) {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(Zoo.build(ZooSpec.of(name)), 1)) {
            float[] logits = model.logits(new float[2 * 784], 2);

            assertThat(model.sampleShape()).containsExactly(1L, 28L, 28L);
            assertThat(model.metadata()).containsEntry("reflux.classes", "10");
            // Zero inputs meet zero biases.
            assertThat(logits).hasSize(20).containsOnly(0);
        }
    }

    @Test
    void mlp_hasTheLayersOfItsSpec() {
        ModelGraph graph = Zoo.build(
                ZooSpec.of("mlp").withHidden(20, 30).withDropout(0.2, 0.5).withNumClasses(4));

        assertThat(graph.nodes())
                .extracting(GraphNode::label)
                .containsExactly(
                        "flatten (Flatten)",
                        "dropout0 (Dropout)",
                        "fc1 (Gemm)",
                        "relu1 (Relu)",
                        "dropout1 (Dropout)",
                        "fc2 (Gemm)",
                        "relu2 (Relu)",
                        "dropout2 (Dropout)",
                        "fc3 (Gemm)");
        assertThat(graph.initializers().get("dropout0.ratio").floats()).containsExactly(0.2f);
        assertThat(graph.initializers().get("dropout2.ratio").floats()).containsExactly(0.5f);
        assertThat(graph.initializers().get("fc2.weight").shape()).containsExactly(30, 20);
    }

    @Test
    void build_sameSeed_isTheSameFile() {
        ZooSpec spec = ZooSpec.of("mlp").withHidden(16);

        assertThat(Zoo.build(spec).digest()).isEqualTo(Zoo.build(spec).digest());
        assertThat(Zoo.build(spec).digest())
                .isNotEqualTo(Zoo.build(spec.withSeed(2)).digest());
        assertThat(Zoo.build(spec).digest())
                .isNotEqualTo(Zoo.build(spec.withInitialization(Initialization.XAVIER_UNIFORM))
                        .digest());
    }

    @Test
    void spec_outOfRange_isRefused() {
        ZooSpec mlp = ZooSpec.of("mlp");

        assertRefused(() -> mlp.withDropout(0, 1), "dropout: 1.0 (expected: >= 0 and < 1)");
        assertRefused(() -> mlp.withDropout(Double.NaN, 0), "inputDropout: NaN (expected: >= 0 and < 1)");
        assertRefused(() -> mlp.withHidden(10, 0), "hidden: [10, 0] (expected: widths >= 1)");
        assertRefused(() -> mlp.withNumClasses(1), "numClasses: 1 (expected: >= 2)");
        assertRefused(
                () -> mlp.withInputShape(List.of(1, 0)),
                "inputShape: [1, 0] (expected: dimensions >= 1 and at most 268435456 elements)");
        assertRefused(
                () -> ZooSpec.of("lenet-5").withHidden(3),
                "hidden: [3] (expected: absent, since lenet-5 has no settings)");
        assertRefused(
                () -> Zoo.build(ZooSpec.of("lenet-5").withInputShape(List.of(1, 8, 8))),
                "inputShape: [1, 8, 8] (expected: channels, height, width with sides >= 16 for lenet-5)");
        assertRefused(
                () -> Zoo.build(mlp.withHidden(1_000_000)),
                "layer fc1: weights of shape [1000000, 784] (expected: at most 268435456 numbers)");
    }

    @Test
    void spec_unknownName_suggestsTheNearest() {
        assertRefused(
                () -> ZooSpec.of("lenet5"),
                "model: 'lenet5' (expected: one of " + String.join(", ", Zoo.names()) + "; did you mean 'lenet-5'?)");
        assertRefused(
                () -> ZooSpec.of("resnet-21"),
                "model: 'resnet-21' (expected: one of " + String.join(", ", Zoo.names())
                        + "; did you mean 'resnet-20'?)");
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(ModelException.class)
                .hasMessage(message)
                .extracting(e -> ((ModelException) e).code())
                .isEqualTo(ModelException.Code.INVALID_ARGUMENT);
    }
}

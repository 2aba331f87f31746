package io.reflux.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values inside a graph that are asked for by their names, in both engines that run graphs. */
final class InnerValuesTest {

    private static final int ROWS = 3;

    /** Whatever is fused or folded around it, an inner value is what ONNX Runtime computes without the compiler. */
    @ParameterizedTest
    @ValueSource(strings = {"lenet-5", "resnet-8", "mobilenet-v1", "squeezenet"})
    void values_ofEveryInnerValue_areThoseOfTheOtherEngine(String name) {
        ModelGraph graph = Zoo.build(new ZooSpec(name, List.of(3, 32, 32), 10, Map.of(), null, 7));
        List<String> inner = innerValues(graph);
        assertThat(inner).hasSizeGreaterThan(5);
        Inputs inputs = Inputs.of(random(ROWS * 3 * 32 * 32));
        try (InferenceModel torch = TorchGraphModel.open(graph, inner, "cpu");
                InferenceModel reference = OnnxRuntimeModel.open(graph, inner, 1)) {
            int[] all = new int[inner.size() + 1];
            for (int i = 0; i < all.length; i++) {
                all[i] = i;
            }

            assertThat(torch.outputs()).isEqualTo(reference.outputs()).hasSize(all.length);
            List<float[]> expected = reference.values(inputs, ROWS, all);
            List<float[]> found = torch.values(inputs, ROWS, all);
            for (int i : all) {
                requireClose(torch.outputs().get(i).name(), found.get(i), expected.get(i));
            }
        }
    }

    @Test
    void open_innerValue_leavesTheDigestThatOfTheFile() {
        ModelGraph graph = InferenceModelContract.withHint();

        try (InferenceModel torch = TorchGraphModel.open(graph, List.of("positive"), "cpu");
                InferenceModel onnx = OnnxRuntimeModel.open(graph, List.of("positive"), 1)) {
            assertThat(torch.digest()).isEqualTo(graph.digest());
            assertThat(onnx.digest()).isEqualTo(graph.digest());
            assertThat(torch.outputs()).extracting(ModelOutput::name).containsExactly("y", "hint", "positive");
            assertThat(torch.values(Inputs.of(new float[] {-1, 2, 0}), 1, 2).get(0))
                    .containsExactly(0, 2, 0);
        }
    }

    @Test
    void open_unknownName_isRefusedWithTheNearest() {
        ModelGraph graph = InferenceModelContract.withHint();
        String message = "linear: output positiv (expected: the name of a value that a node makes; nearest: positive,"
                + " total, hint)";

        assertThatThrownBy(() -> TorchGraphModel.open(graph, List.of("positiv"), "cpu"))
                .isInstanceOf(ModelException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> OnnxRuntimeModel.open(graph, List.of("positiv"), 1))
                .isInstanceOf(ModelException.class)
                .hasMessage(message);
    }

    @Test
    void open_valueWithoutARowForEachSample_isRefused() {
        ModelGraph graph = ModelGraph.builder("merging")
                .input("x", ElementType.FLOAT, -1, 4)
                .initializer(GraphTensor.of("pairs", new long[] {2}, new long[] {-1, 2}))
                .initializer(GraphTensor.of("samples", new long[] {2}, new long[] {-1, 4}))
                .node("Reshape", "cut", List.of("x", "pairs"), List.of("cutUp"))
                .node("Relu", "relu", List.of("cutUp"), List.of("merged"))
                .node("Reshape", "back", List.of("merged", "samples"), List.of("y"))
                .node("Transpose", "turn", List.of("x"), List.of("turned"), Attributes.NONE)
                .output("y", ElementType.FLOAT, -1, 4)
                .build();

        assertThatThrownBy(() -> TorchGraphModel.open(graph, List.of("merged"), "cpu"))
                .isInstanceOf(ModelException.class)
                .hasMessage("merging: output merged: 8 numbers for 2 samples of shape [2] (expected: FLOAT[batch, ...]"
                        + " with all but the batch fixed)");
        assertThatThrownBy(() -> OnnxRuntimeModel.open(graph, List.of("turned"), 1))
                .isInstanceOf(ModelException.class)
                .hasMessage("merging: output turned: FLOAT[4, -1] (expected: FLOAT[batch, ...] with all but the batch"
                        + " fixed)");
    }

    /** Names of the values that have a row for each sample, in the order in which they are made. */
    private static List<String> innerValues(ModelGraph graph) {
        GraphContext context = GraphContext.of(graph);
        List<String> outputs = graph.outputs().stream().map(ValueInfo::name).toList();
        List<String> inner = new ArrayList<>();
        graph.nodes()
                .forEach(node -> node.outputs().stream()
                        .filter(value -> !value.isEmpty() && !outputs.contains(value))
                        .filter(value -> context.type(value) == ElementType.FLOAT
                                && context.shape(value).size() > 1
                                && context.shape(value).get(0) == -1
                                && !context.shape(value)
                                        .subList(1, context.shape(value).size())
                                        .contains(-1L))
                        .forEach(inner::add));
        return inner;
    }

    private static void requireClose(String name, float[] found, float[] expected) {
        assertThat(found).as(name).hasSameSizeAs(expected);
        float largest = 1;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < found.length; i++) {
            if (!(Math.abs(found[i] - expected[i]) <= 2e-4f * largest)) {
                assertThat(found[i]).as("%s[%d]", name, i).isEqualTo(expected[i]);
            }
        }
    }

    private static float[] random(int count) {
        Random random = new Random(5);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}

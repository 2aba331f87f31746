package io.reflux.model.frozen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.GraphParity;
import io.reflux.model.script.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs that no longer train, folded and fused, against ONNX Runtime: by the kernels of every kind of machine. */
final class FrozenGraphTest {

    private static final int ROWS = 3;
    private static final int SIDE = 7;
    private static final Attributes PADDED = Attributes.NONE.withInts("pads", 1, 1, 1, 1);

    private final Random random = new Random(11);

    @ParameterizedTest
    @EnumSource(Kernels.class)
    void normBehindConvolution_isFolded(Kernels kernels) {
        for (boolean biased : new boolean[] {true, false}) {
            ModelGraph graph = normed(8, 1, PADDED, biased)
                    .node("Relu", "relu", List.of("n"), List.of("y"))
                    .build();

            assertThat(FrozenEngine.script(graph, kernels).methods()).doesNotContain("batch_norm");
            assertSame(graph, kernels);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "4, 1", "4, 2"})
    void normBehindGroupsAndStrides_isFolded(int group, int stride) {
        Attributes attributes = PADDED.withInt("group", group).withInts("strides", stride, stride);
        assertSame(normed(8, group, attributes, true)
                .node("Relu", "relu", List.of("n"), List.of("y"))
                .build());
    }

    /** Padding that is not the same on both sides is made before the convolution. */
    @Test
    void unevenPadding_isKept() {
        Attributes uneven = Attributes.NONE.withInts("pads", 0, 1, 2, 1);
        assertSame(normed(8, 1, uneven, true)
                .node("Relu", "relu", List.of("n"), List.of("y"))
                .build());
    }

    @Test
    void valueBeforeNorm_thatIsReadTwice_isNotFolded() {
        ModelGraph graph = normed(4, 1, PADDED, true)
                .node("Add", "add", List.of("n", "c"), List.of("y"))
                .build();

        assertThat(NormFolding.fold(graph)).isSameAs(graph);
        assertSame(graph);
    }

    @Test
    void normThatUsesTheBatch_isNotFolded() {
        ModelGraph graph = convolved(4, 1, PADDED, true)
                .node(
                        "BatchNormalization",
                        "norm",
                        List.of("c", "scale", "shift", "mean", "variance"),
                        List.of("y"),
                        Attributes.NONE.withInt("training_mode", 1))
                .output("y", ElementType.FLOAT, -1, 4, SIDE, SIDE)
                .build();

        assertThat(NormFolding.fold(graph)).isSameAs(graph);
    }

    /** As PyTorch writes a network that is to be trained: an answer would depend on the other samples of its call. */
    @Test
    void normThatUsesTheBatch_evaluatesWithRunningStatistics_whereAskedTo() {
        List<String> reads = List.of("c", "scale", "shift", "mean", "variance");
        Attributes training = Attributes.NONE.withInt("training_mode", 1).withFloat("epsilon", 0.01f);
        ModelGraph graph = convolved(4, 1, PADDED, true)
                .node("BatchNormalization", "norm", reads, List.of("y", "moved", "spread"), training)
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();
        ModelGraph evaluating = RunningStatistics.of(graph);

        assertThat(evaluating.nodes().get(1).attributes()).isEqualTo(Attributes.NONE.withFloat("epsilon", 0.01f));
        assertThat(evaluating.nodes().get(1).outputs()).containsExactly("y");
        assertThat(NormFolding.fold(evaluating).nodes()).hasSize(1);
        assertSame(evaluating);
        assertThat(RunningStatistics.of(evaluating)).isSameAs(evaluating);
    }

    /** The mean's place is empty, as is that of the Clip's least: neither reads the other. */
    @Test
    void normThatUsesTheBatch_withoutANameForAnOutput_evaluatesToo() {
        List<String> reads = List.of("c", "scale", "shift", "mean", "variance");
        ModelGraph graph = convolved(4, 1, PADDED, true)
                .initializer(GraphTensor.of("most", new long[0], new float[] {6}))
                .node(
                        "BatchNormalization",
                        "norm",
                        reads,
                        List.of("n", "", "spread"),
                        Attributes.NONE.withInt("training_mode", 1))
                .node("Clip", "clip", List.of("n", "", "most"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        assertThat(RunningStatistics.of(graph).nodes().get(1).attributes()).isEqualTo(Attributes.NONE);
    }

    @Test
    void normWhoseMovedStatisticsAreRead_staysAsItIs() {
        List<String> reads = List.of("c", "scale", "shift", "mean", "variance");
        ModelGraph graph = convolved(4, 1, PADDED, true)
                .node(
                        "BatchNormalization",
                        "norm",
                        reads,
                        List.of("y", "moved"),
                        Attributes.NONE.withInt("training_mode", 1))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .outputOfAnyShape("moved", ElementType.FLOAT)
                .build();

        assertThat(RunningStatistics.of(graph)).isSameAs(graph);
    }

    /** A weight of two convolutions is folded into each by its own normalisation. */
    @Test
    void sharedWeight_isFoldedForEachReader() {
        ModelGraph graph = normed(4, 1, PADDED, false)
                .node("Conv", "again", List.of("n", "again.weight"), List.of("c2"), PADDED)
                .initializer(tensor("again.weight", 4, 4, 3, 3))
                .node("Conv", "shared", List.of("c2", "again.weight"), List.of("c3"), PADDED)
                .node("BatchNormalization", "norm2", List.of("c3", "shift", "scale", "mean", "variance"), List.of("y"))
                .build();

        assertThat(FrozenEngine.script(graph, Kernels.LIBTORCH).methods()).doesNotContain("batch_norm");
        assertSame(graph);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSwish", "Clip"})
    void activation_isFused(String activation) {
        for (Kernels kernels : Kernels.values()) {
            assertSame(activated(activation), kernels);
        }
        String script =
                FrozenEngine.script(activated(activation), Kernels.ONEDNN).methods();
        assertThat(script).contains("_convolution_pointwise").contains("_linear_pointwise");
        assertThat(script).doesNotContain("torch.relu").doesNotContain("torch.tanh");
    }

    @Test
    void kernelsOfLibtorch_areNamedAlone() {
        assertThat(FrozenEngine.script(activated("Relu"), Kernels.LIBTORCH).methods())
                .doesNotContain("mkldnn");
    }

    /** One element of the weight is NaN: oneDNN's own relu and clip would make numbers of it. */
    @ParameterizedTest
    @ValueSource(strings = {"Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSwish", "Clip"})
    void notANumber_isNotHidden(String activation) {
        ModelGraph graph = activated(activation);
        float[] broken = graph.initializers().get("weight").floats().clone();
        broken[5] = Float.NaN;
        GraphTensor weight =
                GraphTensor.of("weight", graph.initializers().get("weight").shape(), broken);
        for (Kernels kernels : Kernels.values()) {
            assertThat(run(graph.withInitializers(Map.of("weight", weight)), kernels))
                    .containsOnly(Float.NaN);
        }
    }

    @Test
    void nodesWithoutNames_areFolded() {
        ModelGraphBuilder builder = ModelGraph.builder("anonymous")
                .input("x", ElementType.FLOAT, -1, 3, SIDE, SIDE)
                .initializer(tensor("weight", 4, 3, 3, 3));
        statistics(builder, 4)
                .node(new GraphNode("", "Conv", "", List.of("x", "weight"), List.of("c"), PADDED))
                .node(new GraphNode(
                        "",
                        "BatchNormalization",
                        "",
                        List.of("c", "scale", "shift", "mean", "variance"),
                        List.of("y"),
                        Attributes.NONE))
                .output("y", ElementType.FLOAT, -1, 4, SIDE, SIDE);

        assertThat(NormFolding.fold(builder.build()).nodes()).hasSize(1);
        assertSame(builder.build());
    }

    /** Conv → activation → Flatten → Gemm of 2¹⁸ products → activation. */
    private ModelGraph activated(String activation) {
        ModelGraphBuilder builder = convolved(8, 1, PADDED, true);
        List<String> bounds = activation.equals("Clip") ? List.of("least", "most") : List.of();
        List<String> first = new ArrayList<>(List.of("c"));
        first.addAll(bounds);
        List<String> second = new ArrayList<>(List.of("d"));
        second.addAll(bounds);
        int inputs = 8 * SIDE * SIDE;
        return builder.initializer(GraphTensor.of("least", new long[0], new float[] {0}))
                .initializer(GraphTensor.of("most", new long[0], new float[] {0.5f}))
                .initializer(tensor("fc.weight", 700, inputs))
                .initializer(tensor("fc.bias", 700))
                .node(activation, "a1", first, List.of("a"))
                .node("Flatten", "flatten", List.of("a"), List.of("f"))
                .node(
                        "Gemm",
                        "fc",
                        List.of("f", "fc.weight", "fc.bias"),
                        List.of("d"),
                        Attributes.NONE.withInt("transB", 1))
                .node(activation, "a2", second, List.of("y"))
                .output("y", ElementType.FLOAT, -1, 700)
                .build();
    }

    private ModelGraphBuilder normed(int channels, int group, Attributes attributes, boolean biased) {
        return convolved(channels, group, attributes, biased)
                .node("BatchNormalization", "norm", List.of("c", "scale", "shift", "mean", "variance"), List.of("n"))
                .outputOfAnyShape("y", ElementType.FLOAT);
    }

    private ModelGraphBuilder convolved(int channels, int group, Attributes attributes, boolean biased) {
        int inputs = 2 * group;
        ModelGraphBuilder builder = ModelGraph.builder("convolved")
                .opset(17)
                .input("x", ElementType.FLOAT, -1, inputs, SIDE, SIDE)
                .initializer(tensor("weight", channels, 2, 3, 3))
                .initializer(tensor("bias", channels));
        List<String> reads = biased ? List.of("x", "weight", "bias") : List.of("x", "weight");
        return statistics(builder, channels).node("Conv", "conv", reads, List.of("c"), attributes);
    }

    private ModelGraphBuilder statistics(ModelGraphBuilder builder, int channels) {
        float[] variance = new float[channels];
        for (int i = 0; i < channels; i++) {
            variance[i] = 0.1f + random.nextFloat();
        }
        return builder.initializer(tensor("scale", channels))
                .initializer(tensor("shift", channels))
                .initializer(tensor("mean", channels))
                .initializer(GraphTensor.of("variance", new long[] {channels}, variance));
    }

    private GraphTensor tensor(String name, long... shape) {
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 0.3f * (float) random.nextGaussian();
        }
        return GraphTensor.of(name, shape, values);
    }

    private static void assertSame(ModelGraph graph) {
        for (Kernels kernels : Kernels.values()) {
            assertSame(graph, kernels);
        }
    }

    private static void assertSame(ModelGraph graph, Kernels kernels) {
        float[] expected = GraphParity.reference(graph, input(graph)).get(0).floats();
        float[] actual = run(graph, kernels);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i]).as("%s[%d]", kernels, i).isCloseTo(expected[i], within(2e-5));
        }
    }

    private static float[] run(ModelGraph graph, Kernels kernels) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            GraphTensor x = input(graph);
            NDArray input = manager.create(x.floats(), new Shape(x.shape()));
            return FrozenEngine.run(graph, kernels, input, manager);
        }
    }

    private static GraphTensor input(ModelGraph graph) {
        long[] shape = {ROWS, graph.inputs().get(0).shape().get(1), SIDE, SIDE};
        Random values = new Random(3);
        float[] x = new float[(int) (ROWS * shape[1] * SIDE * SIDE)];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) values.nextGaussian();
        }
        return GraphTensor.of("x", shape, x);
    }
}

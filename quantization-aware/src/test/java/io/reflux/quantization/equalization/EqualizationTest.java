package io.reflux.quantization.equalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.frozen.NormFolding;
import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSetting;
import io.reflux.model.zoo.ZooSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EqualizationTest {

    private static float[] random(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Depthwise between two pointwise convolutions, each channel with a range of its own. */
    private static ModelGraph triple(long seed) {
        float[] first = random(6 * 4, seed);
        float[] depthwise = random(6 * 9, seed + 1);
        Random scales = new Random(seed + 2);
        for (int c = 0; c < 6; c++) {
            double one = Math.exp(3 * scales.nextGaussian());
            double other = Math.exp(3 * scales.nextGaussian());
            for (int i = 0; i < 4; i++) {
                first[c * 4 + i] *= (float) one;
            }
            for (int i = 0; i < 9; i++) {
                depthwise[c * 9 + i] *= (float) other;
            }
        }
        return ModelGraph.builder("triple")
                .input("x", ElementType.FLOAT, -1, 4, 5, 5)
                .output("y", ElementType.FLOAT, -1, 3, 5, 5)
                .initializer(GraphTensor.of("w1", new long[] {6, 4, 1, 1}, first))
                .initializer(GraphTensor.of("w2", new long[] {6, 1, 3, 3}, depthwise))
                .initializer(GraphTensor.of("w3", new long[] {3, 6, 1, 1}, random(18, seed + 4)))
                .node("Conv", "first", List.of("x", "w1"), List.of("a"))
                .node("Relu", "relu1", List.of("a"), List.of("b"))
                .node(
                        "Conv",
                        "depthwise",
                        List.of("b", "w2"),
                        List.of("c"),
                        Attributes.NONE.withInt("group", 6).withInts("pads", 1, 1, 1, 1))
                .node("Relu", "relu2", List.of("c"), List.of("d"))
                .node("Conv", "last", List.of("d", "w3"), List.of("y"))
                .build();
    }

    /** The largest magnitude of each slice along an axis of a tensor. */
    private static double[] ranges(ModelGraph graph, String tensor, int axis) {
        GraphTensor weight = graph.initializers().get(tensor);
        long[] shape = weight.shape();
        int inner = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            inner *= (int) shape[i];
        }
        double[] ranges = new double[(int) shape[axis]];
        float[] values = weight.floats();
        for (int i = 0; i < values.length; i++) {
            int c = i / inner % ranges.length;
            ranges[c] = Math.max(ranges[c], Math.abs(values[i]));
        }
        return ranges;
    }

    @Property(tries = 50)
    void ranges_ofAPair_areEqual(@ForAll long seed) {
        ModelGraph equalized = Equalization.equalize(triple(seed));
        double[] made = ranges(equalized, "w1", 0);
        double[] middle = ranges(equalized, "w2", 0);
        double[] read = ranges(equalized, "w3", 1);
        for (int c = 0; c < 6; c++) {
            assertThat(made[c] / middle[c]).isCloseTo(1, within(1e-3));
            assertThat(middle[c] / read[c]).isCloseTo(1, within(1e-3));
        }
    }

    /** What three layers share has the geometric mean of their ranges: factors cancel in their product. */
    @Test
    void ranges_ofATriple_keepTheirProduct() {
        ModelGraph graph = triple(1);
        ModelGraph equalized = Equalization.equalize(graph);
        for (int c = 0; c < 6; c++) {
            double before = ranges(graph, "w1", 0)[c] * ranges(graph, "w2", 0)[c] * ranges(graph, "w3", 1)[c];
            assertThat(Math.pow(ranges(equalized, "w2", 0)[c], 3) / before).isCloseTo(1, within(1e-2));
        }
    }

    private static ModelGraph build(String name) {
        boolean grey = name.equals("mlp") || name.equals("lenet-5");
        boolean halved = name.startsWith("mobilenet") || name.equals("vgg-small");
        Map<ZooSetting, Object> settings = halved
                ? Map.of(ZooSetting.WIDTH, 0.25)
                : name.equals("mlp") ? Map.of(ZooSetting.HIDDEN, List.of(32)) : Map.of();
        List<Integer> shape = grey ? List.of(1, 28, 28) : List.of(3, 32, 32);
        return withNorms(Zoo.build(new ZooSpec(name, shape, 10, settings, null, 1)));
    }

    /** Fresh normalisations do nothing; trained ones give each channel a range and a shift of its own. */
    private static ModelGraph withNorms(ModelGraph graph) {
        Map<String, GraphTensor> changed = new LinkedHashMap<>();
        Random random = new Random(3);
        graph.nodes().stream()
                .filter(node -> node.operator().equals("BatchNormalization"))
                .forEach(node -> {
                    for (int input = 1; input <= 2; input++) {
                        GraphTensor tensor = graph.initializers().get(node.input(input));
                        float[] values = tensor.floats();
                        for (int c = 0; c < values.length; c++) {
                            values[c] = input == 1
                                    ? (float) Math.exp(random.nextGaussian())
                                    : (float) random.nextGaussian() / 2;
                        }
                        changed.put(tensor.name(), GraphTensor.of(tensor.name(), tensor.shape(), values));
                    }
                });
        return graph.withInitializers(changed);
    }

    @ParameterizedTest
    @CsvSource({"mlp, 1", "lenet-5, 3", "resnet-8, 3", "mobilenet-v1, 27", "vgg-small, 6"})
    void network_equalized_computesTheSame(String name, int pairs) {
        ModelGraph folded = NormFolding.fold(build(name));
        assertThat(new PairSearch(folded).find()).hasSize(pairs);
        ModelGraph equalized = Equalization.equalize(folded);
        assertThat(equalized.digest()).isNotEqualTo(folded.digest());
        try (OnnxRuntimeModel before = OnnxRuntimeModel.open(folded, 1);
                OnnxRuntimeModel after = OnnxRuntimeModel.open(equalized, 1)) {
            int elements = folded.inputs().get(0).shape().stream()
                    .skip(1)
                    .mapToInt(Long::intValue)
                    .reduce(1, (a, b) -> a * b);
            float[] x = random(4 * elements, 5);
            float[] wanted = before.logits(x, 4);
            float[] given = after.logits(x, 4);
            float largest = 0;
            for (float logit : wanted) {
                largest = Math.max(largest, Math.abs(logit));
            }
            for (int i = 0; i < wanted.length; i++) {
                assertThat(given[i]).isCloseTo(wanted[i], within(1e-5f * largest));
            }
        }
    }

    /** Two layers with something between them, or with something else that reads between them. */
    private static ModelGraphBuilder pair(String operator, List<String> inputs) {
        return ModelGraph.builder("pair")
                .input("x", ElementType.FLOAT, -1, 3)
                .output("y", ElementType.FLOAT, -1, 2)
                .initializer(GraphTensor.of("w1", new long[] {3, 4}, random(12, 1)))
                .initializer(GraphTensor.of("w2", new long[] {4, 2}, random(8, 2)))
                .initializer(GraphTensor.of("least", new long[0], new float[] {0}))
                .initializer(GraphTensor.of("most", new long[0], new float[] {6}))
                .node("MatMul", "first", List.of("x", "w1"), List.of("a"))
                .node(operator, "between", inputs, List.of("b"))
                .node("MatMul", "second", List.of("b", "w2"), List.of("y"));
    }

    @Test
    void layers_withAClipOrASigmoidBetween_stay() {
        ModelGraph clipped = pair("Clip", List.of("a", "least", "most")).build();
        assertThat(Equalization.equalize(clipped)).isSameAs(clipped);
        ModelGraph sigmoid = pair("Sigmoid", List.of("a")).build();
        assertThat(Equalization.equalize(sigmoid)).isSameAs(sigmoid);
        assertThat(new PairSearch(pair("LeakyRelu", List.of("a")).build()).find())
                .hasSize(1);
    }

    @Test
    void channels_thatSomethingElseReads_stay() {
        ModelGraph read =
                pair("Relu", List.of("a")).output("b", ElementType.FLOAT, -1, 4).build();
        assertThat(Equalization.equalize(read)).isSameAs(read);
        ModelGraph shared = pair("Relu", List.of("a"))
                .output("sum", ElementType.FLOAT, 3, 4)
                .node("Add", "twice", List.of("w1", "w1"), List.of("sum"))
                .build();
        assertThat(Equalization.equalize(shared)).isSameAs(shared);
    }

    /** The second channel is 1 but for 10⁻⁶ of x: its factor would be about 10⁻³. */
    @Test
    void bias_ofAChannelThatIsAllButConstant_growsToTwiceTheLargest() {
        ModelGraph graph = ModelGraph.builder("constant")
                .input("x", ElementType.FLOAT, -1, 2)
                .output("y", ElementType.FLOAT, -1, 2)
                .initializer(GraphTensor.of("w1", new long[] {2, 2}, new float[] {1, 1e-6f, 1, 1e-6f}))
                .initializer(GraphTensor.of("b1", new long[] {2}, new float[] {-3, 1}))
                .initializer(GraphTensor.of("w2", new long[] {2, 2}, new float[] {1, 1, 1, 1}))
                .node("Gemm", "first", List.of("x", "w1", "b1"), List.of("a"))
                .node("Relu", "relu", List.of("a"), List.of("b"))
                .node("Gemm", "second", List.of("b", "w2"), List.of("y"))
                .build();
        ModelGraph equalized = Equalization.equalize(graph);
        assertThat(equalized.initializers().get("b1").floats()).containsExactly(-3, 6);
        assertThat(equalized.initializers().get("w2").floats()).containsExactly(1, 1, 1f / 6, 1f / 6);
    }

    @Test
    void channels_ofZeros_stayFinite() {
        ModelGraph graph = pair("Relu", List.of("a"))
                .initializer(GraphTensor.of("w1", new long[] {3, 4}, new float[12]))
                .build();
        ModelGraph equalized = Equalization.equalize(graph);
        assertThat(equalized.initializers().get("w2").floats())
                .isEqualTo(graph.initializers().get("w2").floats());
    }
}

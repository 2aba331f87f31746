package io.reflux.quantization.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Shaped graphs against those they were made of, in ONNX Runtime and libtorch: the same numbers, which are integers times a scale. */
final class KernelShapesTest {

    private static final int ROWS = 2;

    private final Random random = new Random(7);

    private long[] codes(int count, int most) {
        return random.ints(count, -most, most + 1).asLongStream().toArray();
    }

    /** x → integers → Conv → Relu → integers → y. */
    private ModelGraphBuilder convolution(int channels, int side, int outputs, int kernel, Attributes attributes) {
        return convolution(
                channels, side, new long[] {outputs, channels, kernel, kernel}, attributes, ElementType.UINT8, 127);
    }

    private ModelGraphBuilder convolution(
            int channels, int side, long[] shape, Attributes attributes, ElementType type, int most) {
        int outputs = (int) shape[0];
        float[] scales = new float[outputs];
        float[] bias = new float[outputs];
        for (int i = 0; i < outputs; i++) {
            scales[i] = 0.01f + 0.01f * random.nextFloat();
            bias[i] = 0.02f * scales[i] * random.nextInt(1000);
        }
        int size = (int) (shape[0] * shape[1] * shape[2] * shape[3]);
        return ModelGraph.builder("g")
                .opset(17)
                .input("x", ElementType.FLOAT, -1, channels, side, side)
                .initializer(GraphTensor.of("w", ElementType.INT8, shape, codes(size, most)))
                .initializer(GraphTensor.of("ws", new long[] {outputs}, scales))
                .initializer(GraphTensor.of("b", new long[] {outputs}, bias))
                .initializer(GraphTensor.of("xs", new long[0], new float[] {0.02f}))
                .initializer(
                        GraphTensor.of("xz", type, new long[0], new long[] {type == ElementType.UINT8 ? 117 : -11}))
                .initializer(GraphTensor.of("ys", new long[0], new float[] {0.3f}))
                .initializer(GraphTensor.of("yz", type, new long[0], new long[] {0}))
                .node("QuantizeLinear", "xq", List.of("x", "xs", "xz"), List.of("xq"))
                .node("DequantizeLinear", "xd", List.of("xq", "xs", "xz"), List.of("xd"))
                .node("DequantizeLinear", "wd", List.of("w", "ws"), List.of("wd"), Attributes.NONE.withInt("axis", 0))
                .node("Conv", "conv", List.of("xd", "wd", "b"), List.of("c"), attributes)
                .node("Relu", "relu", List.of("c"), List.of("r"))
                .node("QuantizeLinear", "rq", List.of("r", "ys", "yz"), List.of("rq"));
    }

    private static ModelGraph ended(ModelGraphBuilder builder) {
        return builder.node("DequantizeLinear", "rd", List.of("rq", "ys", "yz"), List.of("rd"))
                .node("Flatten", "end", List.of("rd"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();
    }

    /** The shaped graph, which answers as the graph does. */
    private ModelGraph shaped(ModelGraph graph) {
        ModelGraph shaped = KernelShapes.of(graph);
        long elements = graph.inputs().get(0).shape().stream().skip(1).reduce(1L, (a, b) -> a * b);
        float[] x = new float[(int) (ROWS * elements)];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        try (OnnxRuntimeModel expected = OnnxRuntimeModel.open(graph, 1);
                OnnxRuntimeModel actual = OnnxRuntimeModel.open(shaped, 1);
                TorchGraphModel torch = TorchGraphModel.open(graph, "cpu");
                TorchGraphModel shapedTorch = TorchGraphModel.open(shaped, "cpu")) {
            assertThat(unsigned(actual.logits(x, ROWS))).containsExactly(unsigned(expected.logits(x, ROWS)));
            assertThat(unsigned(shapedTorch.logits(x, ROWS))).containsExactly(unsigned(torch.logits(x, ROWS)));
        }
        assertThat(KernelShapes.of(shaped)).isSameAs(shaped);
        return shaped;
    }

    /** With zeros of one sign: libtorch rounds what is a little below 0 to −0, and a second pair takes the sign away. */
    private static float[] unsigned(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] += 0.0f;
        }
        return values;
    }

    private static String weight(ModelGraph graph) {
        return graph.initializers().get("w").describe();
    }

    private static List<Long> pads(ModelGraph graph) {
        return graph.nodes().stream()
                .filter(node -> node.operator().equals("Conv"))
                .findFirst()
                .orElseThrow()
                .attributes()
                .getInts("pads", List.of());
    }

    /** Any channels, sizes down to a pixel, strides and dilations, padding that differs from side to side. */
    @Property(tries = 60)
    void convolution_shaped_givesTheSame(
            @ForAll @IntRange(min = 1, max = 9) int channels,
            @ForAll @IntRange(min = 1, max = 6) int side,
            @ForAll @IntRange(min = 3, max = 8) int quarters,
            @ForAll @IntRange(min = 1, max = 4) int kernel,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(min = 1, max = 2) int dilation,
            @ForAll @IntRange(min = 0, max = 3) int begin,
            @ForAll @IntRange(min = 0, max = 3) int end) {
        int reach = dilation * (kernel - 1) + 1;
        int missing = Math.max(0, reach - side - begin - end);
        Attributes attributes = Attributes.NONE
                .withInts("strides", stride, stride)
                .withInts("dilations", dilation, dilation)
                .withInts("pads", begin, end + missing, end + missing, begin);
        shaped(ended(convolution(channels, side, 4 * quarters, kernel, attributes)));
    }

    @Example
    void kernelOnAPixel_keepsItsMiddle() {
        ModelGraph graph = ended(convolution(8, 1, 16, 3, Attributes.NONE.withInts("pads", 1, 1, 1, 1)));
        ModelGraph shaped = shaped(graph);

        assertThat(weight(shaped)).isEqualTo("INT8[16, 8, 1, 1]");
        assertThat(pads(shaped)).containsExactly(0L, 0L, 0L, 0L);
        long[] whole = graph.initializers().get("w").longs();
        assertThat(shaped.initializers().get("w").longs()[1]).isEqualTo(whole[9 + 4]);
    }

    /** Rows −1, 0 and 1 of two: the first tap meets padding alone. */
    @Example
    void kernelOfStrideTwo_onFourPixels_losesItsFirstTaps() {
        Attributes attributes = Attributes.NONE.withInts("pads", 1, 1, 1, 1).withInts("strides", 2, 2);
        ModelGraph shaped = shaped(ended(convolution(8, 2, 16, 3, attributes)));

        assertThat(weight(shaped)).isEqualTo("INT8[16, 8, 2, 2]");
        assertThat(pads(shaped)).containsExactly(0L, 0L, 0L, 0L);
    }

    @Example
    void depthwiseKernelOnAPixel_keepsItsMiddle() {
        Attributes attributes = Attributes.NONE.withInts("pads", 1, 1, 1, 1).withInt("group", 16);
        long[] shape = {16, 1, 3, 3};
        ModelGraph shaped = shaped(ended(convolution(16, 1, shape, attributes, ElementType.UINT8, 127)));

        assertThat(weight(shaped)).isEqualTo("INT8[16, 1, 1, 1]");
    }

    @Example
    void colours_getAFourthChannel() {
        ModelGraph shaped = shaped(ended(convolution(3, 8, 16, 3, Attributes.NONE.withInts("pads", 1, 1, 1, 1))));

        assertThat(weight(shaped)).isEqualTo("INT8[16, 4, 3, 3]");
        assertThat(shaped.nodes()).extracting(GraphNode::operator).contains("Gather");
    }

    @Example
    void channelsThatDoNotPay_areNotFilledUp() {
        Attributes attributes = Attributes.NONE.withInts("pads", 1, 1, 1, 1);
        ModelGraph fewOutputs = ended(convolution(3, 8, 12, 3, attributes));
        ModelGraph manyTaps = ended(convolution(1, 9, 16, 5, attributes));
        ModelGraph four = ended(convolution(4, 8, 16, 3, attributes));

        assertThat(KernelShapes.of(fewOutputs)).isSameAs(fewOutputs);
        assertThat(KernelShapes.of(manyTaps)).isSameAs(manyTaps);
        assertThat(KernelShapes.of(four)).isSameAs(four);
    }

    /** A third value beside −1 and 1 would take half a bit more in the file. */
    @Example
    void signs_areNotFilledUpWithZeros() {
        ModelGraph graph = ended(convolution(3, 8, 16, 3, Attributes.NONE));
        long[] signs = graph.initializers().get("w").longs();
        for (int i = 0; i < signs.length; i++) {
            signs[i] = signs[i] < 0 ? -1 : 1;
        }
        ModelGraph binary = graph.toBuilder()
                .initializer(GraphTensor.of("w", ElementType.INT8, new long[] {16, 3, 3, 3}, signs))
                .build();

        assertThat(KernelShapes.of(binary)).isSameAs(binary);
    }

    /** 3 → 8 → 8 depthwise → 16, as a MobileNet of a quarter of its width begins. */
    @Example
    void eightChannels_throughADepthwiseLayer_getEightMore() {
        Attributes padded = Attributes.NONE.withInts("pads", 1, 1, 1, 1);
        ModelGraph graph = convolution(3, 6, 8, 3, padded)
                .initializer(GraphTensor.of("w2", ElementType.INT8, new long[] {8, 1, 3, 3}, codes(72, 127)))
                .initializer(
                        GraphTensor.of("ws2", new long[] {8}, new float[] {.1f, .2f, .3f, .1f, .2f, .1f, .1f, .2f}))
                .initializer(GraphTensor.of("b2", new long[] {8}, new float[] {1, 2, 3, 4, 5, 6, 7, 8}))
                .initializer(GraphTensor.of("w3", ElementType.INT8, new long[] {16, 8, 1, 1}, codes(128, 127)))
                .initializer(GraphTensor.of("ws3", new long[0], new float[] {0.01f}))
                .initializer(GraphTensor.of("zs", new long[0], new float[] {2.5f}))
                .node("DequantizeLinear", "rd", List.of("rq", "ys", "yz"), List.of("rd"))
                .node(
                        "DequantizeLinear",
                        "w2d",
                        List.of("w2", "ws2"),
                        List.of("w2d"),
                        Attributes.NONE.withInt("axis", 0))
                .node("Conv", "conv2", List.of("rd", "w2d", "b2"), List.of("c2"), padded.withInt("group", 8))
                .node("QuantizeLinear", "q2", List.of("c2", "zs", "yz"), List.of("q2"))
                .node("DequantizeLinear", "d2", List.of("q2", "zs", "yz"), List.of("d2"))
                .node("DequantizeLinear", "w3d", List.of("w3", "ws3"), List.of("w3d"))
                .node("Conv", "conv3", List.of("d2", "w3d"), List.of("c3"))
                .node("QuantizeLinear", "q3", List.of("c3", "zs", "yz"), List.of("q3"))
                .node("DequantizeLinear", "d3", List.of("q3", "zs", "yz"), List.of("d3"))
                .node("Flatten", "end", List.of("d3"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();
        ModelGraph unbounded = graph.toBuilder()
                .replaceNodes(graph.nodes().stream()
                        .filter(node -> !node.operator().equals("Relu"))
                        .map(node -> node.name().equals("rq")
                                ? new GraphNode(
                                        "rq",
                                        node.operator(),
                                        "",
                                        List.of("c", "ys", "yz"),
                                        node.outputs(),
                                        node.attributes())
                                : node)
                        .toList())
                .build();
        ModelGraph shaped = shaped(unbounded);

        assertThat(weight(shaped)).isEqualTo("INT8[16, 4, 3, 3]");
        assertThat(shaped.initializers().get("w2").describe()).isEqualTo("INT8[16, 1, 3, 3]");
        assertThat(shaped.initializers().get("w3").describe()).isEqualTo("INT8[16, 16, 1, 1]");
    }

    /** x → 8 → 8 depthwise → 8 → 8 depthwise → 16: the third layer ends channels that are filled up, and begins others. */
    @Example
    void channelsFilledUp_oneBehindTheOther_fitEachOther() {
        ModelGraphBuilder builder = quantizedInput(4);
        String value = "xd";
        value = layer(builder, value, "1", 1, 8, 4, 3, 3);
        value = layer(builder, value, "2", 8, 8, 1, 3, 3);
        value = layer(builder, value, "3", 1, 8, 8, 1, 1);
        value = layer(builder, value, "4", 8, 8, 1, 3, 3);
        value = layer(builder, value, "5", 1, 16, 8, 1, 1);
        ModelGraph shaped = shaped(builder.node("Flatten", "end", List.of(value), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build());

        assertThat(shaped.initializers().get("w1").describe()).isEqualTo("INT8[16, 4, 3, 3]");
        assertThat(shaped.initializers().get("w3").describe()).isEqualTo("INT8[16, 16, 1, 1]");
        assertThat(shaped.initializers().get("w5").describe()).isEqualTo("INT8[16, 16, 1, 1]");
    }

    private static ModelGraphBuilder quantizedInput(int channels) {
        return ModelGraph.builder("g")
                .opset(17)
                .input("x", ElementType.FLOAT, -1, channels, 8, 8)
                .initializer(GraphTensor.of("xs", new long[0], new float[] {0.02f}))
                .initializer(GraphTensor.of("xz", ElementType.UINT8, new long[0], new long[] {117}))
                .initializer(GraphTensor.of("zs", new long[0], new float[] {0.4f}))
                .node("QuantizeLinear", "xq", List.of("x", "xs", "xz"), List.of("xq"))
                .node("DequantizeLinear", "xd", List.of("xq", "xs", "xz"), List.of("xd"));
    }

    /** A convolution of a value, and the value behind its pair. */
    private String layer(ModelGraphBuilder builder, String value, String number, int group, long... shape) {
        float[] scales = new float[(int) shape[0]];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = 0.01f + 0.01f * random.nextFloat();
        }
        int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        long pad = shape[2] / 2;
        builder.initializer(GraphTensor.of("w" + number, ElementType.INT8, shape, codes(size, 127)))
                .initializer(GraphTensor.of("ws" + number, new long[] {shape[0]}, scales))
                .node(
                        "DequantizeLinear",
                        "wd" + number,
                        List.of("w" + number, "ws" + number),
                        List.of("wd" + number),
                        Attributes.NONE.withInt("axis", 0))
                .node(
                        "Conv",
                        "conv" + number,
                        List.of(value, "wd" + number),
                        List.of("c" + number),
                        Attributes.NONE.withInts("pads", pad, pad, pad, pad).withInt("group", group))
                .node("QuantizeLinear", "q" + number, List.of("c" + number, "zs", "xz"), List.of("q" + number))
                .node("DequantizeLinear", "d" + number, List.of("q" + number, "zs", "xz"), List.of("d" + number));
        return "d" + number;
    }

    /** Their 0 is no integer that could be added. */
    @Example
    void weightsAroundAnotherInteger_areNotFilledUp() {
        ModelGraph graph = ended(convolution(3, 8, 16, 3, Attributes.NONE));
        ModelGraph shifted = graph.toBuilder()
                .initializer(GraphTensor.of("wz", ElementType.INT8, new long[] {16}, codes(16, 3)))
                .replaceNodes(graph.nodes().stream()
                        .map(node -> node.name().equals("wd")
                                ? new GraphNode(
                                        "wd",
                                        node.operator(),
                                        "",
                                        List.of("w", "ws", "wz"),
                                        node.outputs(),
                                        node.attributes())
                                : node)
                        .toList())
                .build();

        assertThat(KernelShapes.of(shifted)).isSameAs(shifted);
    }

    /** TensorRT's, which has kernels of its own. */
    @Example
    void signedActivations_stayAsTheyAre() {
        Attributes attributes = Attributes.NONE.withInts("pads", 1, 1, 1, 1);
        ModelGraph graph = ended(convolution(3, 1, new long[] {16, 3, 3, 3}, attributes, ElementType.INT8, 127));

        assertThat(KernelShapes.of(graph)).isSameAs(graph);
    }

    @Example
    void meanOverAPixel_isLeftOut_overTwo_itStays() {
        for (int side : new int[] {1, 2}) {
            ModelGraph graph = convolution(4, side, 16, 1, Attributes.NONE)
                    .node("DequantizeLinear", "pd", List.of("rq", "ys", "yz"), List.of("pd"))
                    .node("GlobalAveragePool", "pool", List.of("pd"), List.of("p"))
                    .node("QuantizeLinear", "pq", List.of("p", "ys", "yz"), List.of("pq"))
                    .node("DequantizeLinear", "fd", List.of("pq", "ys", "yz"), List.of("fd"))
                    .node("Flatten", "flat", List.of("fd"), List.of("f"))
                    .outputOfAnyShape("f", ElementType.FLOAT)
                    .build();

            assertThat(shaped(graph).nodes())
                    .extracting(GraphNode::operator)
                    .filteredOn("GlobalAveragePool"::equals)
                    .hasSize(side == 1 ? 0 : 1);
        }
    }

    @Example
    void meansOverAPixel_oneBehindTheOther_areLeftOut() {
        ModelGraphBuilder builder = convolution(4, 1, 16, 1, Attributes.NONE);
        String value = "rq";
        for (String number : List.of("1", "2")) {
            builder.node("DequantizeLinear", "pd" + number, List.of(value, "ys", "yz"), List.of("pd" + number))
                    .node("GlobalAveragePool", "pool" + number, List.of("pd" + number), List.of("p" + number))
                    .node("QuantizeLinear", "pq" + number, List.of("p" + number, "ys", "yz"), List.of("pq" + number));
            value = "pq" + number;
        }
        ModelGraph graph = builder.node("DequantizeLinear", "fd", List.of(value, "ys", "yz"), List.of("fd"))
                .node("Flatten", "flat", List.of("fd"), List.of("f"))
                .outputOfAnyShape("f", ElementType.FLOAT)
                .build();

        assertThat(shaped(graph).nodes()).extracting(GraphNode::operator).doesNotContain("GlobalAveragePool");
    }

    /** Both read it through a Gather of their own. */
    @Example
    void pairOfColours_thatTwoLayersRead_isNotLeftBehind() {
        ModelGraphBuilder builder = quantizedInput(3);
        String one = layer(builder, "xd", "1", 1, 16, 3, 3, 3);
        String two = layer(builder, "xd", "2", 1, 16, 3, 3, 3);
        ModelGraph shaped = shaped(builder.node("Add", "add", List.of(one, two), List.of("sum"))
                .node("Flatten", "end", List.of("sum"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build());

        assertThat(shaped.nodes()).extracting(GraphNode::name).doesNotContain("xd");
        assertThat(shaped.nodes()).extracting(GraphNode::operator).contains("Gather");
    }

    @Example
    void kernel_whereSizesAreFree_staysAsItIs() {
        ModelGraph graph = ended(convolution(4, -1, 16, 3, Attributes.NONE.withInts("pads", 1, 1, 1, 1)));

        assertThat(KernelShapes.of(graph)).isSameAs(graph);
    }
}

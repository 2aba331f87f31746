package io.reflux.model.operator.layout;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.GraphParity;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Every operator of the family against ONNX Runtime; x is batch × 4 × 6 × 5 with one and three samples. */
final class LayoutParityTest {

    @Property(tries = 24)
    void transpose_anyOrder_equalsOnnxRuntime(@ForAll long seed) {
        List<Long> order = Arrays.asList(0L, 1L, 2L, 3L);
        Collections.shuffle(order, new Random(seed));
        assertSame(17, node(List.of("x"), "Transpose", Attributes.NONE.withInts("perm", order)));
    }

    @Example
    void transpose_withoutOrder_turnsRound() {
        assertSame(17, node(List.of("x"), "Transpose", Attributes.NONE));
    }

    @Property(tries = 60)
    void slice_anyBounds_equalsOnnxRuntime(
            @ForAll @LongRange(min = -9, max = 9) long start,
            @ForAll @LongRange(min = -9, max = 9) long end,
            @ForAll @IntRange(min = -3, max = 3) int step,
            @ForAll @IntRange(min = 1, max = 3) int axis) {
        if (step == 0) {
            return;
        }
        assertSame(
                17,
                ints("starts", start)
                        .initializer(vector("ends", end))
                        .initializer(vector("axes", axis))
                        .initializer(vector("steps", step))
                        .node("Slice", "n", List.of("x", "starts", "ends", "axes", "steps"), List.of("y")));
    }

    @Example
    void slice_severalAxesAndOfTheBatch_equalOnnxRuntime() {
        assertSame(
                13,
                ints("starts", 1, -3, 4)
                        .initializer(vector("ends", Long.MAX_VALUE, -1, Long.MIN_VALUE))
                        .initializer(vector("axes", 1, 2, -1))
                        .initializer(vector("steps", 2, 1, -1))
                        .node("Slice", "n", List.of("x", "starts", "ends", "axes", "steps"), List.of("y")));
        assertSame(
                13,
                ints("starts", 0)
                        .initializer(vector("ends", 2))
                        .node("Slice", "n", List.of("x", "starts", "ends"), List.of("y")));
    }

    @Property(tries = 3)
    void split_lengthsOrEvenly_equalOnnxRuntime(@ForAll @IntRange(max = 2) int form) {
        ModelGraphBuilder graph = start();
        List<String> parts = List.of("a", "b", "c");
        switch (form) {
            case 0 ->
                graph.initializer(vector("split", 1, 3, 2))
                        .node("Split", "n", List.of("x", "split"), parts, Attributes.NONE.withInt("axis", -2));
            case 1 -> graph.node("Split", "n", List.of("x"), parts, Attributes.NONE.withInt("axis", 2));
            default ->
                graph.opset(18)
                        .node(
                                "Split",
                                "n",
                                List.of("x"),
                                parts,
                                Attributes.NONE.withInt("axis", 3).withInt("num_outputs", 3));
        }
        parts.forEach(part -> graph.outputOfAnyShape(part, ElementType.FLOAT));
        for (long rows : new long[] {1, 3}) {
            GraphParity.assertSame(graph.build(), input(rows));
        }
    }

    @Property(tries = 12)
    void concat_anyAxis_equalsOnnxRuntime(@ForAll @IntRange(min = -4, max = 3) int axis) {
        assertSame(
                17,
                start().node("Neg", "neg", List.of("x"), List.of("a"))
                        .node(
                                "Concat",
                                "n",
                                List.of("x", "a", "x"),
                                List.of("y"),
                                Attributes.NONE.withInt("axis", axis)));
    }

    @Property(tries = 20)
    void reshape_anyTarget_equalsOnnxRuntime(@ForAll @IntRange(max = 6) int form) {
        long[][] targets = {{-1, 24, 5}, {0, -1}, {0, 0, 3, 2, -1}, {-1, 4, 6, 5, 1}, {-1}, {0, 120}, {4, -1, 6, 5}};
        assertSame(17, ints("shape", targets[form]).node("Reshape", "n", List.of("x", "shape"), List.of("y")));
    }

    @Property(tries = 12)
    void flatten_anyAxis_equalsOnnxRuntime(@ForAll @IntRange(min = -4, max = 4) int axis) {
        assertSame(17, node(List.of("x"), "Flatten", Attributes.NONE.withInt("axis", axis)));
    }

    @Example
    void squeezeAndUnsqueeze_equalOnnxRuntime() {
        assertSame(
                17,
                ints("axes", -1, 2, 0)
                        .node("Unsqueeze", "u", List.of("x", "axes"), List.of("a"))
                        .node("Squeeze", "n", List.of("a", "axes"), List.of("y")));
        assertSame(17, ints("axes", 5, 1, 2).node("Unsqueeze", "u", List.of("x", "axes"), List.of("y")));
        assertSame(
                13,
                ints("axes", 2, 5)
                        .node("Unsqueeze", "u", List.of("x", "axes"), List.of("a"))
                        .node("Reshape", "r", List.of("a", "rows"), List.of("b"))
                        .initializer(vector("rows", 3, 1, -1, 1))
                        .node("Squeeze", "n", List.of("b"), List.of("y")));
    }

    @Property(tries = 8)
    void expandAndTile_equalOnnxRuntime(@ForAll @IntRange(max = 3) int form) {
        long[][] shapes = {{2, 1, 4, 6, 5}, {1}, {6, 5}, {3, 1, 1, 1, 5}};
        assertSame(17, ints("shape", shapes[form]).node("Expand", "n", List.of("x", "shape"), List.of("y")));
        long[][] repeats = {{1, 1, 1, 1}, {2, 1, 1, 1}, {1, 2, 3, 1}, {1, 1, 1, 4}};
        assertSame(17, ints("repeats", repeats[form]).node("Tile", "n", List.of("x", "repeats"), List.of("y")));
    }

    @Property(tries = 16)
    void trilu_anyDiagonal_equalsOnnxRuntime(
            @ForAll @LongRange(min = -7, max = 7) long k, @ForAll boolean upper, @ForAll boolean given) {
        Attributes attributes = Attributes.NONE.withInt("upper", upper ? 1 : 0);
        assertSame(
                14,
                start().initializer(GraphTensor.of("k", new long[0], new long[] {k}))
                        .node("Trilu", "n", given ? List.of("x", "k") : List.of("x"), List.of("y"), attributes));
    }

    @Example
    void depthAndSpace_equalOnnxRuntime() {
        for (String mode : List.of("DCR", "CRD")) {
            Attributes attributes = Attributes.NONE.withInt("blocksize", 2).withString("mode", mode);
            assertSame(13, node(List.of("x"), "DepthToSpace", attributes));
        }
        assertSame(
                13,
                ints("twice", 1, 2, 1, 2)
                        .node("Tile", "t", List.of("x", "twice"), List.of("a"))
                        .node(
                                "SpaceToDepth",
                                "n",
                                List.of("a"),
                                List.of("y"),
                                Attributes.NONE.withInt("blocksize", 2)));
    }

    @Property(tries = 40)
    void pad_anyMode_equalsOnnxRuntime(
            @ForAll @IntRange(max = 3) int mode,
            @ForAll @IntRange(max = 255) int pads,
            @ForAll boolean axes,
            @ForAll boolean value) {
        // Cutting off and a value are only for the mode that fills with one.
        long first = mode == 0 ? -(pads & 3) : pads & 3;
        long[] all = {0, pads >> 6, first, (pads >> 2) & 3, 0, (pads >> 4) & 3, 0, 1};
        ModelGraphBuilder graph = axes
                ? ints("pads", first, 1, (pads >> 2) & 3, 0).initializer(vector("axes", -1, 2))
                : ints("pads", all);
        graph.initializer(GraphTensor.of("value", new long[0], new float[] {2.5f}));
        List<String> inputs = List.of("x", "pads", value && mode == 0 ? "value" : "", axes ? "axes" : "");
        assertSame(
                axes || mode == 3 ? 19 : 13,
                graph.node(
                        "Pad",
                        "n",
                        axes ? inputs : inputs.subList(0, value && mode == 0 ? 3 : 2),
                        List.of("y"),
                        Attributes.NONE.withString(
                                "mode",
                                List.of("constant", "edge", "reflect", "wrap").get(mode))));
    }

    @Property(tries = 120)
    void resize_anyMode_equalsOnnxRuntime(
            @ForAll @IntRange(max = 2) int mode,
            @ForAll @IntRange(max = 4) int coordinates,
            @ForAll @IntRange(max = 3) int nearest,
            @ForAll @IntRange(min = 1, max = 14) int height,
            @ForAll @IntRange(min = 1, max = 14) int width,
            @ForAll boolean exclude) {
        if (mode == 0 && coordinates == 1) {
            return; // not supported: refused
        }
        Attributes attributes = Attributes.NONE
                .withString("mode", List.of("nearest", "linear", "cubic").get(mode))
                .withString(
                        "coordinate_transformation_mode",
                        List.of(
                                        "half_pixel",
                                        "half_pixel_symmetric",
                                        "pytorch_half_pixel",
                                        "align_corners",
                                        "asymmetric")
                                .get(coordinates))
                .withString(
                        "nearest_mode",
                        List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
                                .get(nearest))
                .withInt("exclude_outside", exclude && mode == 2 ? 1 : 0);
        assertSame(
                19,
                shapeOfBatch()
                        .initializer(vector("hw", height, width))
                        .initializer(vector("channels", 4))
                        .node(
                                "Concat",
                                "c",
                                List.of("batch", "channels", "hw"),
                                List.of("sizes"),
                                Attributes.NONE.withInt("axis", 0))
                        .node("Resize", "n", List.of("x", "", "", "sizes"), List.of("y"), attributes));
    }

    @Property(tries = 24)
    void resize_byScales_equalsOnnxRuntime(
            @ForAll @IntRange(max = 2) int mode, @ForAll @IntRange(max = 3) int scale, @ForAll boolean corners) {
        float[][] scales = {{1, 1, 2, 2}, {1, 1, 1.7f, 2.3f}, {1, 1, 0.6f, 0.4f}, {1, 1, 3, 1}};
        Attributes attributes = Attributes.NONE
                .withString("mode", List.of("nearest", "linear", "cubic").get(mode))
                .withString("coordinate_transformation_mode", corners ? "align_corners" : "asymmetric")
                .withString("nearest_mode", "floor");
        assertSame(
                13,
                start().initializer(GraphTensor.of("scales", new long[] {4}, scales[scale]))
                        .node("Resize", "n", List.of("x", "", "scales"), List.of("y"), attributes));
    }

    private static ModelGraphBuilder shapeOfBatch() {
        return start().node("Shape", "s", List.of("x"), List.of("batch"), Attributes.NONE.withInt("end", 1));
    }

    private static ModelGraphBuilder start() {
        return ModelGraph.builder("layout").input("x", ElementType.FLOAT, -1, 4, 6, 5);
    }

    private static ModelGraphBuilder ints(String name, long... values) {
        return start().initializer(vector(name, values));
    }

    private static GraphTensor vector(String name, long... values) {
        return GraphTensor.of(name, new long[] {values.length}, values);
    }

    private static ModelGraphBuilder node(List<String> inputs, String operator, Attributes attributes) {
        return start().node(operator, "n", inputs, List.of("y"), attributes);
    }

    private static void assertSame(int opset, ModelGraphBuilder builder) {
        ModelGraph graph =
                builder.opset(opset).outputOfAnyShape("y", ElementType.FLOAT).build();
        for (long rows : new long[] {1, 3}) {
            GraphParity.assertSame(graph, input(rows));
        }
    }

    private static GraphTensor input(long rows) {
        long[] shape = {rows, 4, 6, 5};
        float[] values = new float[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 0.5f;
        }
        return GraphTensor.of("x", shape, values);
    }
}

package io.reflux.model.operator.indexing;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.GraphParity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Every operator of the family against ONNX Runtime; x is batch × 4 × 6 of distinct values, with 1 and 3 samples. */
final class IndexingParityTest {

    @Property(tries = 24)
    void gather_constantIndices_equalsOnnxRuntime(
            @ForAll long seed, @ForAll @IntRange(min = -2, max = 2) int axis, @ForAll @IntRange(max = 2) int rank) {
        long[][] shapes = {{}, {5}, {2, 3}};
        long size = axis == 0 ? 1 : axis == 1 || axis == -2 ? 4 : 6;
        assertSame(start().initializer(indices("i", seed, size, shapes[rank]))
                .node("Gather", "n", List.of("x", "i"), List.of("y"), Attributes.NONE.withInt("axis", axis)));
    }

    @Property(tries = 6)
    void gather_embedding_equalsOnnxRuntime(@ForAll long seed, @ForAll @IntRange(max = 1) int axis) {
        ModelGraph graph = ModelGraph.builder("embedding")
                .input("t", ElementType.INT64, -1, 5)
                .initializer(floats("w", axis == 0 ? new long[] {7, 3} : new long[] {2, 7, 3}))
                .node("Gather", "n", List.of("w", "t"), List.of("y"), Attributes.NONE.withInt("axis", axis))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();
        GraphParity.assertSame(graph, indices("t", seed, 7, 1, 5));
        GraphParity.assertSame(graph, indices("t", seed, 7, 3, 5));
    }

    @Property(tries = 12)
    void gatherElements_anyAxis_equalsOnnxRuntime(@ForAll long seed, @ForAll @IntRange(min = -2, max = 2) int axis) {
        long size = axis == 0 ? 1 : axis == 1 || axis == -2 ? 4 : 6;
        assertSame(start().initializer(indices("i", seed, size, 1, 3, 2))
                .node("GatherElements", "n", List.of("x", "i"), List.of("y"), Attributes.NONE.withInt("axis", axis)));
    }

    @Property(tries = 12)
    void gatherNd_anyTuples_equalsOnnxRuntime(@ForAll long seed, @ForAll @IntRange(max = 4) int form) {
        long[][] shapes = {{3, 1}, {2, 2}, {2, 5, 3}, {3, 1}, {3, 2, 1}};
        int batch = form < 3 ? 0 : 1;
        ModelGraph graph = ModelGraph.builder("tuples")
                .input("x", ElementType.FLOAT, 3, 4, 6)
                .initializer(indices("i", seed, form == 3 || form == 4 ? 4 : 3, shapes[form]))
                .node("GatherND", "n", List.of("x", "i"), List.of("y"), Attributes.NONE.withInt("batch_dims", batch))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();
        GraphParity.assertSame(graph, floats("x", 3, 4, 6));
    }

    @Property(tries = 12)
    void scatterElements_anyReduction_equalsOnnxRuntime(
            @ForAll long seed, @ForAll @IntRange(max = 4) int form, @ForAll @IntRange(min = -1, max = 1) int axis) {
        String reduction = List.of("none", "add", "mul", "max", "min").get(form);
        // Replacing needs places that differ, or the result is not defined.
        GraphTensor places = form == 0
                ? GraphTensor.of(
                        "i", new long[] {1, 2, 2}, axis == -1 ? new long[] {-1, 0, 3, 1} : new long[] {1, 0, 0, 2})
                : indices("i", seed, 1, 1, 2, 2);
        assertSame(start().opset(18)
                .initializer(places)
                .initializer(floats("u", 1, 2, 2))
                .node(
                        "ScatterElements",
                        "n",
                        List.of("x", "i", "u"),
                        List.of("y"),
                        Attributes.NONE
                                .withInt("axis", form == 0 && axis == 0 ? 1 : axis)
                                .withString("reduction", reduction)));
    }

    @Property(tries = 8)
    void scatterNd_equalsOnnxRuntime(@ForAll boolean add, @ForAll boolean rows) {
        GraphTensor places = rows
                ? GraphTensor.of("i", new long[] {1, 2}, new long[] {0, 3})
                : GraphTensor.of("i", new long[] {2, 3}, new long[] {0, 1, 2, 0, -1, 5});
        assertSame(start().opset(16)
                .initializer(places)
                .initializer(rows ? floats("u", 1, 6) : floats("u", 2))
                .node(
                        "ScatterND",
                        "n",
                        List.of("x", "i", "u"),
                        List.of("y"),
                        Attributes.NONE.withString("reduction", add ? "add" : "none")));
    }

    @Property(tries = 24)
    void argMaxAndArgMin_equalOnnxRuntime(
            @ForAll boolean max,
            @ForAll @IntRange(min = -3, max = 2) int axis,
            @ForAll boolean keep,
            @ForAll boolean last) {
        Attributes attributes = Attributes.NONE
                .withInt("axis", axis)
                .withInt("keepdims", keep ? 1 : 0)
                .withInt("select_last_index", last ? 1 : 0);
        assertSame(
                ElementType.INT64,
                // Rounded to few values, so that some are equal.
                start().node("Floor", "f", List.of("x"), List.of("a"))
                        .node(max ? "ArgMax" : "ArgMin", "n", List.of("a"), List.of("y"), attributes));
    }

    @Property(tries = 12)
    void topK_equalsOnnxRuntime(
            @ForAll @IntRange(min = 1, max = 4) int k, @ForAll boolean last, @ForAll boolean largest) {
        ModelGraphBuilder graph = start().initializer(GraphTensor.of("k", new long[] {1}, new long[] {k}))
                .node(
                        "TopK",
                        "n",
                        List.of("x", "k"),
                        List.of("y", "places"),
                        Attributes.NONE.withInt("axis", last ? -1 : 1).withInt("largest", largest ? 1 : 0))
                .outputOfAnyShape("places", ElementType.INT64);
        assertSame(graph);
    }

    @Example
    void nonZero_equalsOnnxRuntime() {
        assertSame(
                ElementType.INT64,
                start().node("Relu", "r", List.of("x"), List.of("a")).node("NonZero", "n", List.of("a"), List.of("y")));
    }

    @Property(tries = 6)
    void oneHot_equalsOnnxRuntime(@ForAll @IntRange(min = -1, max = 2) int axis) {
        ModelGraph graph = ModelGraph.builder("hot")
                .input("t", ElementType.INT64, -1, 4)
                .initializer(GraphTensor.of("depth", new long[0], new long[] {5}))
                .initializer(GraphTensor.of("values", new long[] {2}, new float[] {-1, 2}))
                .node(
                        "OneHot",
                        "n",
                        List.of("t", "depth", "values"),
                        List.of("y"),
                        Attributes.NONE.withInt("axis", axis))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();
        GraphParity.assertSame(graph, GraphTensor.of("t", new long[] {2, 4}, new long[] {0, 4, -1, -5, 3, 7, 1, -6}));
    }

    private static ModelGraphBuilder start() {
        return ModelGraph.builder("indexing").input("x", ElementType.FLOAT, -1, 4, 6);
    }

    private static void assertSame(ModelGraphBuilder builder) {
        assertSame(ElementType.FLOAT, builder);
    }

    private static void assertSame(ElementType type, ModelGraphBuilder builder) {
        ModelGraph graph = builder.outputOfAnyShape("y", type).build();
        for (long rows : new long[] {1, 3}) {
            GraphParity.assertSame(graph, floats("x", rows, 4, 6));
        }
    }

    /** Values that differ from each other, in no order. */
    private static GraphTensor floats(String name, long... shape) {
        int size = (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
        List<Float> values = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            values.add((i - size / 2) / 8f);
        }
        Collections.shuffle(values, new Random(size));
        float[] array = new float[size];
        for (int i = 0; i < size; i++) {
            array[i] = values.get(i);
        }
        return GraphTensor.of(name, shape, array);
    }

    /** Places from -size to size - 1. */
    private static GraphTensor indices(String name, long seed, long size, long... shape) {
        Random random = new Random(seed);
        long[] values = new long[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextLong(-size, size);
        }
        return GraphTensor.of(name, shape, values);
    }
}

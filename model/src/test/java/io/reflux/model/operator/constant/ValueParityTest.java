package io.reflux.model.operator.constant;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.GraphParity;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Values that the graph states or derives from shapes, against ONNX Runtime; x is batch × 3. */
final class ValueParityTest {

    private static final List<ElementType> TYPES = List.of(
            ElementType.FLOAT,
            ElementType.DOUBLE,
            ElementType.INT64,
            ElementType.INT32,
            ElementType.INT8,
            ElementType.BOOL);

    @Property(tries = 36)
    void cast_betweenAnyTwo_equalsOnnxRuntime(@ForAll @IntRange(max = 5) int from, @ForAll @IntRange(max = 5) int to) {
        ElementType target = TYPES.get(to);
        assertSame(
                19,
                target,
                start().node("Cast", "a", List.of("x"), List.of("b"), code(TYPES.get(from)))
                        .node("Cast", "n", List.of("b"), List.of("y"), code(target)));
    }

    @Example
    void castLike_equalsOnnxRuntime() {
        assertSame(
                19,
                ElementType.INT32,
                start().initializer(GraphTensor.of("like", ElementType.INT32, new long[] {1}, new long[] {9}))
                        .node("CastLike", "n", List.of("x", "like"), List.of("y")));
    }

    @Property(tries = 20)
    void shape_anyPart_equalsOnnxRuntime(
            @ForAll @LongRange(min = -4, max = 4) long start, @ForAll @LongRange(min = -4, max = 4) long end) {
        assertSame(
                19,
                ElementType.INT64,
                start().node(
                                "Shape",
                                "n",
                                List.of("x"),
                                List.of("y"),
                                Attributes.NONE.withInt("start", start).withInt("end", end)));
    }

    @Example
    void size_equalsOnnxRuntime() {
        assertSame(19, ElementType.INT64, start().node("Size", "n", List.of("x"), List.of("y")));
    }

    @Property(tries = 6)
    void constantOfShape_anyType_equalsOnnxRuntime(@ForAll @IntRange(max = 5) int form) {
        ElementType type = TYPES.get(form);
        GraphTensor value = type == ElementType.DOUBLE
                ? GraphTensor.of("v", new long[] {1}, new float[] {0.5f})
                : type == ElementType.FLOAT
                        ? GraphTensor.of("v", new long[] {1}, new float[] {-1.5f})
                        : GraphTensor.of("v", type, new long[] {1}, new long[] {1});
        assertSame(
                19,
                value.type(),
                start().node("Shape", "s", List.of("x"), List.of("shape"))
                        .node(
                                "ConstantOfShape",
                                "n",
                                List.of("shape"),
                                List.of("y"),
                                Attributes.NONE.withTensor("value", value)));
    }

    @Property(tries = 20)
    void range_integersAndFloats_equalsOnnxRuntime(
            @ForAll @LongRange(min = -5, max = 5) long start,
            @ForAll @LongRange(min = -5, max = 5) long limit,
            @ForAll @LongRange(min = -3, max = 3) long delta,
            @ForAll boolean whole) {
        if (delta == 0) {
            return;
        }
        ModelGraphBuilder graph = start();
        long[] ends = {start, limit, delta};
        for (int i = 0; i < 3; i++) {
            String name = "end" + i;
            graph.initializer(
                    whole
                            ? GraphTensor.of(name, new long[0], new long[] {ends[i]})
                            : GraphTensor.of(name, new long[0], new float[] {ends[i] * 0.75f}));
        }
        assertSame(
                19,
                whole ? ElementType.INT64 : ElementType.FLOAT,
                graph.node("Range", "n", List.of("end0", "end1", "end2"), List.of("y")));
    }

    @Property(tries = 8)
    void eyeLike_anyDiagonal_equalsOnnxRuntime(@ForAll @LongRange(min = -3, max = 3) long k, @ForAll boolean typed) {
        Attributes attributes = Attributes.NONE.withInt("k", k);
        assertSame(
                19,
                typed ? ElementType.INT64 : ElementType.FLOAT,
                start().node(
                                "EyeLike",
                                "n",
                                List.of("x"),
                                List.of("y"),
                                typed ? attributes.withInt("dtype", 7) : attributes));
    }

    @Example
    void constant_anyAttribute_isItsValue() {
        ModelGraph graph = start().node(
                        "Constant", "a", List.of(), List.of("f"), Attributes.NONE.withFloat("value_float", 2))
                .node("Constant", "b", List.of(), List.of("i"), Attributes.NONE.withInt("value_int", 3))
                .node("Constant", "c", List.of(), List.of("is"), Attributes.NONE.withInts("value_ints", 4, 5))
                .node("Mul", "n", List.of("x", "f"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .outputOfAnyShape("i", ElementType.INT64)
                .outputOfAnyShape("is", ElementType.INT64)
                .build();

        GraphParity.assertSame(graph, input());
        assertThat(graph.constant("is").orElseThrow().longs()).containsExactly(4, 5);
    }

    private static Attributes code(ElementType type) {
        return Attributes.NONE.withInt("to", type.onnxCode());
    }

    private static ModelGraphBuilder start() {
        return ModelGraph.builder("values").input("x", ElementType.FLOAT, -1, 3);
    }

    private static GraphTensor input() {
        return GraphTensor.of("x", new long[] {2, 3}, new float[] {0, 1.75f, -1.75f, 100, -0.25f, 3});
    }

    private static void assertSame(int opset, ElementType type, ModelGraphBuilder builder) {
        GraphParity.assertSame(builder.opset(opset).outputOfAnyShape("y", type).build(), input());
    }
}

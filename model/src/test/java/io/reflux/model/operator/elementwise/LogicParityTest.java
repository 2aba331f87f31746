package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.GraphParity;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Comparisons, logic and choice against ONNX Runtime; x is batch × 4 with equal, unequal and extreme values. */
final class LogicParityTest {

    private static final float[] ROWS = {1, 2, 3, -1, 0, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};

    @Property(tries = 10)
    void comparison_ofFloatsAndIntegers_equalsOnnxRuntime(@ForAll @IntRange(max = 4) int form, @ForAll boolean whole) {
        String operator = List.of("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")
                .get(form);
        ElementType type = whole ? ElementType.INT64 : ElementType.FLOAT;
        ModelGraph graph = ModelGraph.builder("logic")
                .input("x", type, -1, 4)
                .initializer(
                        whole
                                ? GraphTensor.of("c", new long[] {1, 4}, new long[] {1, 3, 3, -2})
                                : GraphTensor.of("c", new long[] {1, 4}, new float[] {1, 3, 3, -2}))
                .node(operator, "n", List.of("x", "c"), List.of("y"))
                .outputOfAnyShape("y", ElementType.BOOL)
                .build();
        GraphParity.assertSame(
                graph,
                whole
                        ? GraphTensor.of("x", new long[] {2, 4}, new long[] {1, 2, 3, -1, 0, 3, 4, -2})
                        : GraphTensor.of("x", new long[] {2, 4}, ROWS));
    }

    @Property(tries = 4)
    void logic_equalsOnnxRuntime(@ForAll @IntRange(max = 3) int form) {
        String operator = List.of("And", "Or", "Xor", "Not").get(form);
        List<String> inputs = form == 3 ? List.of("a") : List.of("a", "b");
        assertSame(
                ElementType.BOOL,
                start().node("Less", "less", List.of("x", "one"), List.of("a"))
                        .node("Greater", "greater", List.of("x", "minus"), List.of("b"))
                        .node(operator, "n", inputs, List.of("y")));
    }

    @Property(tries = 5)
    void specialValues_equalOnnxRuntime(@ForAll @IntRange(max = 4) int form) {
        Attributes attributes =
                Attributes.NONE.withInt("detect_positive", form & 1).withInt("detect_negative", (form >> 1) & 1);
        assertSame(
                ElementType.BOOL,
                form == 4
                        ? start().node("IsNaN", "n", List.of("x"), List.of("y"))
                        : start().node("IsInf", "n", List.of("x"), List.of("y"), attributes));
    }

    @Property(tries = 2)
    void where_stretches_equalsOnnxRuntime(@ForAll boolean scalar) {
        assertSame(
                ElementType.FLOAT,
                start().node("Less", "less", List.of("x", "one"), List.of("a"))
                        .initializer(GraphTensor.of("column", new long[] {2, 1, 1}, new float[] {7, 8}))
                        .node("Where", "n", List.of("a", scalar ? "minus" : "column", "x"), List.of("b"))
                        // NaN is compared nowhere, so it is replaced.
                        .node("IsNaN", "nan", List.of("b"), List.of("isNan"))
                        .node("Where", "clean", List.of("isNan", "one", "b"), List.of("y")));
    }

    private static ModelGraphBuilder start() {
        return ModelGraph.builder("logic")
                .input("x", ElementType.FLOAT, -1, 4)
                .initializer(GraphTensor.of("one", new long[0], new float[] {1}))
                .initializer(GraphTensor.of("minus", new long[0], new float[] {-1}));
    }

    private static void assertSame(ElementType type, ModelGraphBuilder builder) {
        ModelGraph graph = builder.opset(20).outputOfAnyShape("y", type).build();
        GraphParity.assertSame(graph, GraphTensor.of("x", new long[] {2, 4}, ROWS));
    }
}

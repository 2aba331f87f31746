package io.reflux.model.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.spi.SymbolicInt;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Shapes that exported graphs compute disappear before the graph runs, and the graph still fits every batch. */
final class ShapeArithmeticTest {

    @Test
    void headsOfAttention_keepBatchAndSequenceFree() {
        // What PyTorch writes for x.view(x.size(0), x.size(1), 4, -1).permute(0, 2, 1, 3)
        ModelGraph graph = shapeOf("x", start(-1, -1, 12))
                .node("Gather", "b", List.of("shape", "zero"), List.of("batch"))
                .node("Gather", "t", List.of("shape", "one"), List.of("steps"))
                .node("Unsqueeze", "ub", List.of("batch", "axis0"), List.of("batch1"))
                .node("Unsqueeze", "ut", List.of("steps", "axis0"), List.of("steps1"))
                .initializer(vector("heads", 4))
                .initializer(vector("rest", -1))
                .node(
                        "Concat",
                        "c",
                        List.of("batch1", "steps1", "heads", "rest"),
                        List.of("target"),
                        Attributes.NONE.withInt("axis", 0))
                .node("Reshape", "r", List.of("x", "target"), List.of("split"))
                .node("Transpose", "p", List.of("split"), List.of("y"), Attributes.NONE.withInts("perm", 0, 2, 1, 3))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        assertThat(ShapeInference.infer(graph)).containsEntry("y", List.of(-1L, 4L, -1L, 3L));
        assertRuns(graph, "Reshape", "Transpose");
        GraphParity.assertSame(graph, input(1, 5, 12));
        GraphParity.assertSame(graph, input(3, 2, 12));
    }

    @Test
    void expandOfSizes_withWhereAndEqual_disappears() {
        // What PyTorch writes for w.expand(x.size(0), -1, -1): -1 is replaced by 1 through ConstantOfShape, Equal,
        // Where
        ModelGraph graph = shapeOf("x", start(-1, 4, 3))
                .node("Gather", "b", List.of("shape", "zero"), List.of("batch"))
                .node("Unsqueeze", "ub", List.of("batch", "axis0"), List.of("batch1"))
                .initializer(vector("same", -1))
                .node(
                        "Concat",
                        "c",
                        List.of("batch1", "same", "same"),
                        List.of("target"),
                        Attributes.NONE.withInt("axis", 0))
                .node("Shape", "s2", List.of("target"), List.of("count"))
                .node(
                        "ConstantOfShape",
                        "ones",
                        List.of("count"),
                        List.of("one3"),
                        Attributes.NONE.withTensor("value", vector("value", 1)))
                .initializer(GraphTensor.of("minus", new long[0], new long[] {-1}))
                .node("Mul", "m", List.of("one3", "minus"), List.of("minus3"))
                .node("Equal", "e", List.of("target", "minus3"), List.of("isSame"))
                .node("Where", "w", List.of("isSame", "one3", "target"), List.of("sizes"))
                .initializer(input(1, 1, 3).withName("cls"))
                .node("Expand", "x", List.of("cls", "sizes"), List.of("tokens"))
                .node("Concat", "cat", List.of("tokens", "x"), List.of("y"), Attributes.NONE.withInt("axis", 1))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        assertThat(ShapeInference.infer(graph)).containsEntry("y", List.of(-1L, 5L, 3L));
        assertRuns(graph, "Expand", "Concat");
        GraphParity.assertSame(graph, input(1, 4, 3));
        GraphParity.assertSame(graph, input(3, 4, 3));
    }

    /** A table of 8 positions is cut to the sequence: min(8, T) rows, which must be T where they meet x. */
    @Test
    void positionsCutToTheSequence_areAsManyAsItHas() {
        ModelGraph graph = shapeOf("x", start(-1, -1, 3))
                .node("Gather", "t", List.of("shape", "one"), List.of("steps"))
                .node("Unsqueeze", "u", List.of("steps", "axis0"), List.of("steps1"))
                .initializer(input(1, 8, 3).withName("positions"))
                .initializer(vector("axis1", 1))
                .node("Slice", "cut", List.of("positions", "axis0", "steps1", "axis1"), List.of("rows"))
                .node("Add", "add", List.of("rows", "x"), List.of("a"))
                .initializer(vector("flat", -1))
                .node("Concat", "c", List.of("flat", "steps1"), List.of("target"), Attributes.NONE.withInt("axis", 0))
                .node("Reshape", "r", List.of("a", "target"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        assertThat(GraphContext.of(graph).size("a", 1)).isEqualTo(new SymbolicInt.SizeOf("x", 1));
        GraphParity.assertSame(graph, input(1, 5, 3));
        GraphParity.assertSame(graph, input(3, 8, 3));
    }

    @Test
    void sizesOfALaterValue_areThoseOfTheInput() {
        ModelGraph graph = start(-1, 2, 4)
                .node("Relu", "relu", List.of("x"), List.of("a"))
                .node("Shape", "s", List.of("a"), List.of("shape"), Attributes.NONE.withInt("end", 1))
                .initializer(vector("rest", -1))
                .node("Concat", "c", List.of("shape", "rest"), List.of("target"), Attributes.NONE.withInt("axis", 0))
                .node("Reshape", "r", List.of("a", "target"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .opset(17)
                .build();

        assertThat(ShapeInference.infer(graph)).containsEntry("y", List.of(-1L, 8L));
        GraphParity.assertSame(graph, input(1, 2, 4));
        GraphParity.assertSame(graph, input(3, 2, 4));
    }

    @Test
    void causalMask_ofAFreeSequence_followsIt() {
        // positions = Range(T); allowed = positions[None] <= positions[:, None]; x where allowed, else the lowest float
        ModelGraph graph = shapeOf("x", start(-1, -1, -1))
                .node("Gather", "t", List.of("shape", "one"), List.of("steps"))
                .node("Range", "range", List.of("zero", "steps", "one"), List.of("places"))
                .node("Unsqueeze", "row", List.of("places", "axis0"), List.of("columns"))
                .node("Unsqueeze", "col", List.of("places", "axis1"), List.of("rows"))
                .initializer(vector("axis1", 1))
                .node("LessOrEqual", "le", List.of("columns", "rows"), List.of("allowed"))
                .initializer(GraphTensor.of("low", new long[0], new float[] {-Float.MAX_VALUE}))
                .node("Where", "mask", List.of("allowed", "x", "low"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        GraphParity.assertSame(graph, input(1, 5, 5));
        GraphParity.assertSame(graph, input(3, 2, 2));
    }

    @Test
    void causalMask_ofAKnownSequence_isFolded() {
        ModelGraph graph = shapeOf("x", start(-1, 4, 4))
                .node("Gather", "t", List.of("shape", "one"), List.of("steps"))
                .node("Unsqueeze", "u", List.of("steps", "axis0"), List.of("steps1"))
                .node("Concat", "c", List.of("steps1", "steps1"), List.of("square"), Attributes.NONE.withInt("axis", 0))
                .node("ConstantOfShape", "full", List.of("square"), List.of("mask"), low())
                .node("Trilu", "tri", List.of("mask", "one"), List.of("upper"))
                .node("Add", "add", List.of("x", "upper"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        assertRuns(graph, "Add");
        GraphParity.assertSame(graph, input(1, 4, 4));
        GraphParity.assertSame(graph, input(3, 4, 4));
    }

    @Test
    void scaleOfAttention_computedFromASize_isFolded() {
        ModelGraph graph = shapeOf("x", start(-1, 4, 16))
                .initializer(GraphTensor.of("last", new long[0], new long[] {-1}))
                .node("Gather", "d", List.of("shape", "last"), List.of("width"))
                .node("Cast", "cast", List.of("width"), List.of("real"), Attributes.NONE.withInt("to", 1))
                .node("Sqrt", "sqrt", List.of("real"), List.of("root"))
                .node("Div", "div", List.of("x", "root"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        assertRuns(graph, "Div");
        GraphParity.assertSame(graph, input(3, 4, 16));
    }

    private static Attributes low() {
        return Attributes.NONE.withTensor("value", GraphTensor.of("value", new long[] {1}, new float[] {-1e30f}));
    }

    private static void assertRuns(ModelGraph graph, String... operators) {
        assertThat(GraphContext.of(graph).runNodes().stream().map(GraphNode::operator))
                .containsExactly(operators);
    }

    private static ModelGraphBuilder start(long... shape) {
        return ModelGraph.builder("arithmetic").input("x", ElementType.FLOAT, shape);
    }

    private static ModelGraphBuilder shapeOf(String value, ModelGraphBuilder builder) {
        return builder.initializer(GraphTensor.of("zero", new long[0], new long[] {0}))
                .initializer(GraphTensor.of("one", new long[0], new long[] {1}))
                .initializer(vector("axis0", 0))
                .node("Shape", "shapeOf", List.of(value), List.of("shape"));
    }

    private static GraphTensor vector(String name, long... values) {
        return GraphTensor.of(name, new long[] {values.length}, values);
    }

    private static GraphTensor input(long... shape) {
        float[] values = new float[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 - 3.25f;
        }
        return GraphTensor.of("x", shape, values);
    }
}

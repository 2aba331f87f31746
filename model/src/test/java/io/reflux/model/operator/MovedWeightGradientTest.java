package io.reflux.model.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of weights that are moved, cut, repeated, gathered or resized before they are used: those of one training
 * step against central differences of ONNX Runtime's logits. w: 2 × 3 × 4 is turned into m, and the logits are x + m.
 */
final class MovedWeightGradientTest {

    private static final int ROWS = 3;
    private static final long[] SHAPE = {2, 3, 4};
    /** The logits are linear in w and the loss is smooth, so that a wide step loses little and rounds well. */
    private static final float STEP = 0.05f;

    @ParameterizedTest(name = "{0}")
    @MethodSource("moves")
    void gradient_equalsCentralDifferences(String name, UnaryOperator<ModelGraphBuilder> move) {
        ModelGraph graph = graph(move, true);
        ModelGraph reference = graph(move, false);
        int classes = (int) (long) ShapeInference.infer(graph).get("y").get(1);
        GraphTensor x = values("x", ROWS, classes);
        int[] labels = {0, classes - 1, classes / 2};
        float[] before = graph.initializers().get("w").floats();
        float[] after;
        try (TrainStep step = TrainStep.compile(graph, new DistillationLoss(1, 0, 1), new Sgd(0, false, 0), "cpu", 1)) {
            step.run(x.floats(), ROWS, null, labels, 1, 0);
            after = step.export().initializers().get("w").floats();
        }
        for (int i = 0; i < before.length; i++) {
            double difference =
                    (loss(reference, x, labels, i, STEP) - loss(reference, x, labels, i, -STEP)) / (2 * STEP);
            assertThat((double) before[i] - after[i])
                    .as("gradient of w[%d]", i)
                    .isCloseTo(difference, within(1e-3 * Math.max(0.1, Math.abs(difference))));
        }
    }

    static Stream<Arguments> moves() {
        Attributes none = Attributes.NONE;
        return Stream.of(
                move("Transpose", g -> g.node("Transpose", "n", List.of("w"), List.of("m"))),
                move(
                        "Slice",
                        g -> ints(g, "from", 2, 0)
                                .initializer(vector("to", -9, 4))
                                .initializer(vector("axes", 1, 2))
                                .initializer(vector("steps", -2, 3))
                                .node("Slice", "n", List.of("w", "from", "to", "axes", "steps"), List.of("m"))),
                move(
                        "Split and Concat",
                        g -> g.node("Split", "s", List.of("w"), List.of("a", "b", "c"), none.withInt("axis", 1))
                                .node("Concat", "n", List.of("c", "a", "c"), List.of("m"), none.withInt("axis", -1))),
                move(
                        "Expand",
                        g -> ints(g, "shape", 2, 2, 3, 4).node("Expand", "n", List.of("w", "shape"), List.of("m"))),
                move("Tile", g -> ints(g, "repeats", 1, 2, 2).node("Tile", "n", List.of("w", "repeats"), List.of("m"))),
                move(
                        "Pad reflect",
                        g -> ints(g, "pads", 0, 2, 1, 0, 0, 3)
                                .node(
                                        "Pad",
                                        "n",
                                        List.of("w", "pads"),
                                        List.of("m"),
                                        none.withString("mode", "reflect"))),
                move(
                        "Pad constant",
                        g -> ints(g, "pads", 0, 2, -1, 1, 0, 3).node("Pad", "n", List.of("w", "pads"), List.of("m"))),
                move(
                        "Resize linear",
                        g -> g.initializer(GraphTensor.of("scales", new long[] {3}, new float[] {1, 1.5f, 2}))
                                .node(
                                        "Resize",
                                        "n",
                                        List.of("w", "", "scales"),
                                        List.of("m"),
                                        none.withString("mode", "linear"))),
                move(
                        "Resize cubic",
                        g -> g.initializer(GraphTensor.of("scales", new long[] {4}, new float[] {1, 1, 1.5f, 2}))
                                .initializer(vector("four", 1, 2, 3, 4))
                                .node("Reshape", "r", List.of("w", "four"), List.of("image"))
                                .node(
                                        "Resize",
                                        "n",
                                        List.of("image", "", "scales"),
                                        List.of("m"),
                                        none.withString("mode", "cubic"))),
                move(
                        "Gather",
                        g -> ints(g, "places", 2, -1, 0, 2)
                                .node("Gather", "n", List.of("w", "places"), List.of("m"), none.withInt("axis", 1))),
                move(
                        "embedding",
                        g -> g.initializer(GraphTensor.of("places", new long[] {2, 2}, new long[] {5, -1, 0, 5}))
                                .initializer(vector("table", 6, 4))
                                .node("Reshape", "r", List.of("w", "table"), List.of("rows"))
                                .node("Gather", "n", List.of("rows", "places"), List.of("m"))),
                move(
                        "GatherElements",
                        g -> g.initializer(GraphTensor.of("places", new long[] {1, 2, 2}, new long[] {0, 3, 3, 1}))
                                .node(
                                        "GatherElements",
                                        "n",
                                        List.of("w", "places"),
                                        List.of("m"),
                                        none.withInt("axis", 2))),
                move(
                        "GatherND",
                        g -> g.initializer(GraphTensor.of("places", new long[] {2, 2}, new long[] {1, 2, 0, 1}))
                                .node("GatherND", "n", List.of("w", "places"), List.of("m"))),
                move(
                        "ScatterND",
                        g -> g.initializer(GraphTensor.of("places", new long[] {1, 2}, new long[] {1, 0}))
                                .initializer(GraphTensor.of("nines", new long[] {1, 4}, new float[] {9, 9, 9, 9}))
                                .node("ScatterND", "n", List.of("w", "places", "nines"), List.of("m"))),
                move("Trilu", g -> g.node("Trilu", "n", List.of("w"), List.of("m"))),
                move(
                        "CumSum",
                        g -> g.initializer(GraphTensor.of("axis", new long[0], new long[] {1}))
                                .node("CumSum", "n", List.of("w", "axis"), List.of("m"))),
                move(
                        "Where",
                        g -> g.initializer(GraphTensor.of("zero", new long[0], new float[1]))
                                .node("Less", "l", List.of("w", "zero"), List.of("small"))
                                .node("Neg", "neg", List.of("w"), List.of("minus"))
                                .node("Where", "n", List.of("small", "minus", "w"), List.of("m"))));
    }

    private static Arguments move(String name, UnaryOperator<ModelGraphBuilder> nodes) {
        return Arguments.of(name, nodes);
    }

    private static ModelGraph graph(UnaryOperator<ModelGraphBuilder> move, boolean trained) {
        ModelGraphBuilder open = trained
                ? ModelGraph.builder("moved").initializer(values("w", SHAPE))
                : ModelGraph.builder("moved").input("w", ElementType.FLOAT, SHAPE);
        ModelGraph alone =
                move.apply(open).outputOfAnyShape("m", ElementType.FLOAT).build();
        long classes = ShapeInference.infer(alone).get("m").stream().reduce(1L, (a, b) -> a * b);
        return alone.toBuilder()
                .removeOutput("m")
                .input("x", ElementType.FLOAT, -1, classes)
                .initializer(vector("flat", 1, -1))
                .node("Reshape", "flatten", List.of("m", "flat"), List.of("row"))
                .node("Add", "add", List.of("x", "row"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, classes)
                .build();
    }

    /** Mean cross-entropy with one weight moved. */
    private static double loss(ModelGraph reference, GraphTensor x, int[] labels, int weight, float by) {
        float[] w = values("w", SHAPE).floats();
        w[weight] += by;
        float[] y = GraphParity.reference(reference, x, GraphTensor.of("w", SHAPE, w))
                .get(0)
                .floats();
        int classes = y.length / ROWS;
        double sum = 0;
        for (int row = 0; row < ROWS; row++) {
            double total = 0;
            for (int c = 0; c < classes; c++) {
                total += Math.exp(y[row * classes + c]);
            }
            sum += Math.log(total) - y[row * classes + labels[row]];
        }
        return sum / ROWS;
    }

    private static ModelGraphBuilder ints(ModelGraphBuilder builder, String name, long... values) {
        return builder.initializer(vector(name, values));
    }

    private static GraphTensor vector(String name, long... values) {
        return GraphTensor.of(name, new long[] {values.length}, values);
    }

    /** Values between -1 and 1, none nearer to 0 than the step. */
    private static GraphTensor values(String name, long... shape) {
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) Math.sin(i * 2.3 + 1) * 0.8f + (Math.sin(i * 2.3 + 1) < 0 ? -0.1f : 0.1f);
        }
        return GraphTensor.of(name, shape, values);
    }
}

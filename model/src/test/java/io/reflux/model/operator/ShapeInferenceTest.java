package io.reflux.model.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ShapeInferenceTest {

    @Test
    void leNet5_everyValueHasTheShapeOfThePaper() {
        Map<String, List<Long>> shapes = ShapeInference.infer(Zoo.build(ZooSpec.of(Zoo.LENET_5)));

        assertThat(shapes)
                .containsEntry("input", List.of(-1L, 1L, 28L, 28L))
                .containsEntry("conv1.out", List.of(-1L, 20L, 24L, 24L))
                .containsEntry("pool1.out", List.of(-1L, 20L, 12L, 12L))
                .containsEntry("conv2.out", List.of(-1L, 50L, 8L, 8L))
                .containsEntry("pool2.out", List.of(-1L, 50L, 4L, 4L))
                .containsEntry("flatten.out", List.of(-1L, 800L))
                .containsEntry("fc1.out", List.of(-1L, 500L))
                .containsEntry("logits", List.of(-1L, 10L))
                .containsEntry("fc2.weight", List.of(10L, 500L));
    }

    @Test
    void conflicts_nameTheNodeAndTheShapes() {
        assertConflict(
                node("Gemm", List.of("x", "w"), Attributes.NONE, 5, 2),
                "node n (Gemm): A [-1, 6] and B [5, 2] (expected: as many columns in A as rows in B)");
        assertConflict(
                node("Add", List.of("x", "w"), Attributes.NONE, 4),
                "node n (Add): shapes [-1, 6] and [4] (expected: equal dimensions, or 1, aligned at the end)");
        assertConflict(
                node("MatMul", List.of("x", "w"), Attributes.NONE, 5, 2),
                "node n (MatMul): A [-1, 6] and B [5, 2] (expected: as many columns in A as rows in B)");
        assertConflict(
                node("Softmax", List.of("x"), Attributes.NONE.withInt("axis", 2), 1),
                "node n (Softmax): axis 2 (expected: -2 to 1 for rank 2)");
        assertConflict(
                node("Conv", List.of("x", "w"), Attributes.NONE, 1, 1, 3, 3),
                "node n (Conv): X [-1, 6] (expected: rank 4)");
        assertConflict(
                reshape(-1, 5),
                "node n (Reshape): shape [-1, 5] for X [-1, 6] (expected: as many elements on both sides)");
        assertConflict(
                reshape(1, 6),
                "node n (Reshape): shape [1, 6] for X [-1, 6] (expected: 0 or -1 for the free dimension)");
    }

    @Test
    void convolution_channelsThatDoNotFit_areRefused() {
        ModelGraph graph = image("Conv", List.of("x", "w"), Attributes.NONE)
                .initializer(zeros("w", 4, 3, 3, 3))
                .build();

        assertConflict(
                graph,
                "node n (Conv): X [-1, 2, 5, 5] with weight [4, 3, 3, 3] and group 1 (expected: 3 channels in X)");
    }

    @Test
    void pooling_windowLargerThanTheImage_isRefused() {
        ModelGraph graph = image("MaxPool", List.of("x"), Attributes.NONE.withInts("kernel_shape", 6, 6))
                .build();

        assertConflict(
                graph, "node n (MaxPool): a window of 6 over 5 with padding 0 and 0 (expected: a window that fits)");
    }

    @Test
    void output_declaredUnlikeTheNodes_isRefused() {
        ModelGraph graph = ModelGraph.builder("g")
                .input("x", ElementType.FLOAT, -1, 6)
                .node("Relu", "n", List.of("x"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, 7)
                .build();

        assertConflict(graph, "output y: declared shape [-1, 7] (expected: [-1, 6], which the nodes make)");
    }

    private static void assertConflict(ModelGraph graph, String message) {
        assertThatThrownBy(() -> ShapeInference.infer(graph))
                .isInstanceOf(ModelException.class)
                .hasMessage("g: " + message)
                .extracting(e -> ((ModelException) e).code())
                .isEqualTo(ModelException.Code.SHAPE_MISMATCH);
    }

    /** One node over x: batch × 6, with an initialiser w of zeros. */
    private static ModelGraph node(String operator, List<String> inputs, Attributes attributes, long... weight) {
        return ModelGraph.builder("g")
                .input("x", ElementType.FLOAT, -1, 6)
                .initializer(zeros("w", weight))
                .node(operator, "n", inputs, List.of("y"), attributes)
                .output("y", ElementType.FLOAT, -1, -1)
                .build();
    }

    private static ModelGraph reshape(long... target) {
        return ModelGraph.builder("g")
                .input("x", ElementType.FLOAT, -1, 6)
                .initializer(GraphTensor.of("shape", new long[] {target.length}, target))
                .node("Reshape", "n", List.of("x", "shape"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, -1)
                .build();
    }

    /** One node over x: batch × 2 × 5 × 5. */
    private static ModelGraphBuilder image(String operator, List<String> inputs, Attributes attributes) {
        return ModelGraph.builder("g")
                .input("x", ElementType.FLOAT, -1, 2, 5, 5)
                .node(operator, "n", inputs, List.of("y"), attributes)
                .output("y", ElementType.FLOAT, -1, -1, -1, -1);
    }

    private static GraphTensor zeros(String name, long... shape) {
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        return GraphTensor.of(name, shape, new float[size]);
    }
}

package io.reflux.model.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.spi.InitializerRole;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OperatorsTest {

    @Test
    void check_unsupportedNodes_areNamedAllAtOnce() {
        ModelGraph graph = ModelGraph.builder("g")
                .input("x", ElementType.FLOAT, -1, 3)
                .node("Det", "act", List.of("x"), List.of("a"))
                .node(new GraphNode("own", "Relu", "com.example", List.of("a"), List.of("b"), Attributes.NONE))
                .node("Relu", "fine", List.of("b"), List.of("c"))
                .node("Unique", "wave", List.of("c"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, 3)
                .build();

        assertThatThrownBy(() -> Operators.check(graph))
                .isInstanceOf(ModelException.class)
                .hasMessage("g (operator set 17): node act (Det): unsupported operator; "
                        + "node own (Relu): unsupported operator of domain com.example; "
                        + "node wave (Unique): unsupported operator");
    }

    @Test
    void check_unsupportedForms_sayWhy() {
        assertProblem(
                "MaxPool", Attributes.NONE.withInts("kernel_shape", 2, 2, 2, 2), "spatial axes: 4 (expected: 1 to 3)");
        assertProblem(
                "MaxPool",
                Attributes.NONE.withInts("kernel_shape", 2, 2).withInts("strides", 0, 1),
                "strides: [0, 1] (expected: 2 numbers >= 1)");
        assertProblem(
                "MaxPool",
                Attributes.NONE.withInts("kernel_shape", 2, 2).withString("auto_pad", "FULL"),
                "auto_pad: FULL (expected: one of NOTSET, SAME_LOWER, SAME_UPPER, VALID)");
        assertProblem(
                "AveragePool",
                Attributes.NONE.withInts("kernel_shape", 2, 2).withInts("dilations", 2, 1),
                "dilations: [2, 1] (expected: [1, 1])");
        assertProblem("Softmax", Attributes.NONE.withFloat("axis", 1), "attribute axis: FLOAT (expected: INT)");
        assertProblem("Gemm", Attributes.NONE, "input 1: absent (expected: 2 inputs)");
        assertProblem("Reshape", Attributes.NONE, "input 1: absent (expected: 2 inputs)");
    }

    @Test
    void check_computedShapeOrMask_isRefused() {
        ModelGraph reshape =
                start().node("Reshape", "n", List.of("x", "x"), List.of("y")).build();
        ModelGraph dropout = start().initializer(GraphTensor.of("r", new long[0], new float[] {1}))
                .node("Dropout", "n", List.of("x", "r"), List.of("y"))
                .build();
        ModelGraph mask =
                start().node("Dropout", "n", List.of("x"), List.of("y", "mask")).build();

        assertThatThrownBy(() -> Operators.check(reshape))
                .hasMessageEndingWith(
                        "node n (Reshape): shape: x is computed (expected: known from shapes and constants)");
        assertThatThrownBy(() -> Operators.check(dropout))
                .hasMessageEndingWith("node n (Dropout): ratio: 1.0 (expected: >= 0 and < 1)");
        assertThatThrownBy(() -> Operators.check(mask))
                .hasMessageEndingWith("node n (Dropout): output 1: mask (expected: absent)");
    }

    @Test
    void check_weightsThatAreNoFloats_areRefused() {
        ModelGraph graph = ModelGraph.builder("g")
                .input("x", ElementType.INT64, -1, 3)
                .initializer(GraphTensor.of("w", new long[] {3, 3}, new long[9]))
                .node("MatMul", "n", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.INT64, -1, 3)
                .build();

        assertThatThrownBy(() -> Operators.check(graph))
                .hasMessage("g (operator set 17): node n (MatMul): input w: INT64 (expected: FLOAT)");
    }

    @Test
    void roles_followTheOperators() {
        assertThat(Operators.roles(norm(Attributes.NONE).build()))
                .containsEntry("scale", InitializerRole.PARAMETER)
                .containsEntry("bias", InitializerRole.PARAMETER)
                .containsEntry("mean", InitializerRole.BUFFER)
                .containsEntry("var", InitializerRole.BUFFER)
                .containsEntry("unused", InitializerRole.CONSTANT);
    }

    private static void assertProblem(String operator, Attributes attributes, String problem) {
        ModelGraph graph = start().node(operator, "n", List.of("x"), List.of("y"), attributes)
                .build();

        assertThatThrownBy(() -> ShapeInference.infer(graph))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("g")
                .hasMessageContaining("node n (" + operator + "): ")
                .hasMessageContaining(problem);
    }

    private static ModelGraphBuilder start() {
        return ModelGraph.builder("g").input("x", ElementType.FLOAT, -1, 3).output("y", ElementType.FLOAT, -1, 3);
    }

    private static ModelGraphBuilder norm(Attributes attributes) {
        ModelGraphBuilder builder = start();
        for (String name : List.of("scale", "bias", "mean", "var", "unused")) {
            builder.initializer(GraphTensor.of(name, new long[] {3}, new float[3]));
        }
        return builder.node(
                "BatchNormalization", "n", List.of("x", "scale", "bias", "mean", "var"), List.of("y"), attributes);
    }
}

package io.reflux.model.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.GraphScript;
import java.util.List;
import org.junit.jupiter.api.Test;

/** x: batch × 3 unless a test says otherwise. */
final class InitializerRolesTest {

    @Test
    void layersWeights_transposedReshapedOrShared_areParameters() {
        ModelGraph graph = start().initializer(zeros("fc.weight", 4, 3))
                .initializer(zeros("flat.weight", 12))
                .initializer(zeros("onnx::MatMul_7", 3, 4))
                .initializer(longs("shape", 3, 4))
                .node("Transpose", "t", List.of("fc.weight"), List.of("wt"))
                .node("MatMul", "a", List.of("x", "wt"), List.of("ya"))
                .node("Reshape", "r", List.of("flat.weight", "shape"), List.of("wr"))
                .node("MatMul", "b", List.of("x", "wr"), List.of("yb"))
                .node("MatMul", "c", List.of("x", "onnx::MatMul_7"), List.of("yc"))
                .node("Concat", "y", List.of("ya", "yb", "yc"), List.of("y"), Attributes.NONE.withInt("axis", 1))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        assertThat(Operators.roles(graph))
                .containsEntry("fc.weight", InitializerRole.PARAMETER)
                .containsEntry("flat.weight", InitializerRole.PARAMETER)
                .containsEntry("onnx::MatMul_7", InitializerRole.PARAMETER)
                .containsEntry("shape", InitializerRole.CONSTANT);
        assertThat(GraphContext.of(graph).runNodes()).hasSize(6);
    }

    @Test
    void decomposedNorm_scaleAndBiasTrain_epsilonAndExponentDoNot() {
        ModelGraph graph = start().initializer(zeros("norm.weight", 3))
                .initializer(zeros("norm.bias", 3))
                .initializer(zeros("epsilon"))
                .initializer(zeros("two", 1))
                .node("Pow", "square", List.of("x", "two"), List.of("a"))
                .node("Add", "add", List.of("a", "epsilon"), List.of("b"))
                .node("Sqrt", "root", List.of("b"), List.of("c"))
                .node("Mul", "scale", List.of("c", "norm.weight"), List.of("d"))
                .node("Add", "shift", List.of("d", "norm.bias"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        assertThat(Operators.roles(graph))
                .containsEntry("norm.weight", InitializerRole.PARAMETER)
                .containsEntry("norm.bias", InitializerRole.PARAMETER)
                .containsEntry("epsilon", InitializerRole.CONSTANT)
                .containsEntry("two", InitializerRole.CONSTANT);
    }

    @Test
    void embeddings_train_masksAndTablesDoNot() {
        ModelGraph graph = ModelGraph.builder("g")
                .input("ids", ElementType.INT64, -1, 4)
                .initializer(zeros("wte.weight", 9, 3))
                .initializer(zeros("wpe.weight", 1, 4, 3))
                .initializer(zeros("rotary.inv_freq", 3))
                .initializer(zeros("onnx::Mul_12", 3))
                .initializer(GraphTensor.of("causal", new long[] {4, 1}, new float[] {0, 0, 0, -1e9f}))
                .node("Gather", "look", List.of("wte.weight", "ids"), List.of("a"))
                .node("Add", "place", List.of("a", "wpe.weight"), List.of("b"))
                .node("Mul", "turn", List.of("b", "rotary.inv_freq"), List.of("c"))
                .node("Mul", "folded", List.of("c", "onnx::Mul_12"), List.of("d"))
                .node("Add", "mask", List.of("d", "causal"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        assertThat(Operators.roles(graph))
                .containsEntry("wte.weight", InitializerRole.PARAMETER)
                .containsEntry("wpe.weight", InitializerRole.PARAMETER)
                .containsEntry("rotary.inv_freq", InitializerRole.CONSTANT)
                .containsEntry("onnx::Mul_12", InitializerRole.CONSTANT)
                .containsEntry("causal", InitializerRole.CONSTANT);
    }

    @Test
    void weightThatNoGradientReaches_isAConstant() {
        ModelGraph graph = start().initializer(zeros("threshold", 3))
                .initializer(zeros("w", 3))
                .node("Add", "add", List.of("x", "threshold"), List.of("a"))
                .node("Less", "less", List.of("a", "x"), List.of("choice"))
                .node("Where", "where", List.of("choice", "x", "w"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        assertThat(Operators.roles(graph))
                .containsEntry("threshold", InitializerRole.CONSTANT)
                .containsEntry("w", InitializerRole.PARAMETER);
    }

    @Test
    void overrides_byPattern_decide() {
        ModelGraph graph = start().initializer(zeros("block.scale", 1))
                .initializer(zeros("block.bias", 3))
                .initializer(longs("ids", 1))
                .node("Mul", "mul", List.of("x", "block.scale"), List.of("a"))
                .node("Add", "add", List.of("a", "block.bias"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        ModelGraph noted = new RoleOverrides(List.of("*.scale"), List.of("block.b*")).note(graph);

        assertThat(Operators.roles(noted))
                .containsEntry("block.scale", InitializerRole.PARAMETER)
                .containsEntry("block.bias", InitializerRole.CONSTANT);
        assertThat(RoleOverrides.of(ModelGraph.parse(noted.toByteArray(), "file")))
                .isEqualTo(new RoleOverrides(List.of("*.scale"), List.of("block.b*")));
        assertInvalid(graph, List.of("block.scal"), List.of(), "parameters: block.scal (expected: ");
        assertInvalid(graph, List.of("ids"), List.of(), "parameters: ids INT64[1] (expected: FLOAT)");
        assertInvalid(
                graph,
                List.of("block.*"),
                List.of("block.bias"),
                "constants: block.bias (expected: not among the parameters too)");
    }

    /** a.scale has become integers, a.bias has gone. */
    @Test
    void overrides_ofARewrittenGraph_areThoseThatStillChoose() {
        ModelGraph graph = start().initializer(zeros("a.scale", 1))
                .initializer(zeros("a.shift", 3))
                .initializer(zeros("a.bias", 3))
                .initializer(zeros("b.bias", 3))
                .node("Mul", "mul", List.of("x", "a.scale"), List.of("m"))
                .node("Add", "add", List.of("m", "a.shift"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();
        ModelGraph noted = new RoleOverrides(List.of("a.s*"), List.of("a.b*", "*.bias")).note(graph);

        assertThat(RoleOverrides.pruned(noted)).isSameAs(noted);
        ModelGraph rewritten = noted.toBuilder()
                .removeInitializer("a.bias")
                .initializer(longs("a.scale", 1))
                .build();
        assertThat(RoleOverrides.of(RoleOverrides.pruned(rewritten)))
                .isEqualTo(new RoleOverrides(List.of("a.shift"), List.of("*.bias")));
        assertThat(RoleOverrides.of(noted).names(rewritten)).containsExactlyInAnyOrder("a.scale", "a.shift", "b.bias");
    }

    @Test
    void parameter_thatNoGradientReaches_isRefused() {
        ModelGraph graph = start().initializer(zeros("weight", 3, 2))
                .initializer(zeros("most"))
                .node("MatMul", "n", List.of("x", "weight"), List.of("h"))
                .node("Clip", "cut", List.of("h", "", "most"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        ModelGraph noted = new RoleOverrides(List.of("most"), List.of()).note(graph);

        assertThatThrownBy(() -> GraphCompiler.compile(noted))
                .isInstanceOf(ModelException.class)
                .hasMessage("g: parameters: most (expected: an initialiser that a gradient reaches)");
    }

    @Test
    void parameter_thatIsComputedWithFirst_isTaken() {
        ModelGraph graph = start().initializer(zeros("logit_scale"))
                .node("Exp", "scale", List.of("logit_scale"), List.of("s"))
                .node("Mul", "n", List.of("x", "s"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        GraphScript script = GraphCompiler.compile(new RoleOverrides(List.of("logit_scale"), List.of()).note(graph));

        assertThat(script.parameters()).extracting(GraphTensor::name).containsExactly("logit_scale");
        assertThat(script.methods()).contains("torch.exp");
    }

    @Test
    void numberThatTrains_isNotTakenForAConstantOfAChain() {
        ModelGraph graph = start().initializer(GraphTensor.of("root", new long[0], new float[] {(float) Math.sqrt(2)}))
                .initializer(GraphTensor.of("one", new long[0], new float[] {1}))
                .initializer(GraphTensor.of("half", new long[0], new float[] {0.5f}))
                .node("Div", "a", List.of("x", "root"), List.of("a"))
                .node("Erf", "b", List.of("a"), List.of("b"))
                .node("Add", "c", List.of("b", "one"), List.of("c"))
                .node("Mul", "d", List.of("x", "c"), List.of("d"))
                .node("Mul", "e", List.of("d", "half"), List.of("y"))
                .outputOfAnyShape("y", ElementType.FLOAT)
                .build();

        assertThat(GraphCompiler.compile(graph).methods()).contains("gelu");
        assertThat(GraphCompiler.compile(new RoleOverrides(List.of("half"), List.of()).note(graph))
                        .methods())
                .doesNotContain("gelu")
                .contains("p[0]");
    }

    private static void assertInvalid(
            ModelGraph graph, List<String> parameters, List<String> constants, String message) {
        RoleOverrides overrides = new RoleOverrides(parameters, constants);
        assertThatThrownBy(() -> overrides.note(graph))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(message);
    }

    private static ModelGraphBuilder start() {
        return ModelGraph.builder("g").input("x", ElementType.FLOAT, -1, 3);
    }

    private static GraphTensor zeros(String name, long... shape) {
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        return GraphTensor.of(name, shape, new float[size]);
    }

    private static GraphTensor longs(String name, long... values) {
        return GraphTensor.of(name, new long[] {values.length}, values);
    }
}

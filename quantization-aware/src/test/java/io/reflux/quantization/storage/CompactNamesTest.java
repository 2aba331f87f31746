package io.reflux.quantization.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.runtime.OnnxRuntimeModel;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CompactNamesTest {

    private static GraphTensor scalar(String name, float value) {
        return GraphTensor.of(name, new long[0], new float[] {value});
    }

    private static GraphTensor zero(String name) {
        return GraphTensor.of(name, ElementType.INT8, new long[0], new long[] {0});
    }

    /** x → pair → product with a dequantised weight → s1, which is a value's name already. */
    private static ModelGraphBuilder graph() {
        return ModelGraph.builder("g")
                .input("x", ElementType.FLOAT, -1, 2)
                .output("y", ElementType.FLOAT, -1, 2)
                .initializer(GraphTensor.of("fc.weight", ElementType.INT8, new long[] {2, 2}, new long[] {1, 2, 3, -4}))
                .initializer(scalar("fc.weight_scale", 0.5f))
                .initializer(zero("fc.weight_zero_point"))
                .initializer(scalar("x_scale", 0.25f))
                .initializer(zero("x_zero_point"))
                .node("QuantizeLinear", "x/q", List.of("x", "x_scale", "x_zero_point"), List.of("x_quantized"))
                .node(
                        "DequantizeLinear",
                        "x/d",
                        List.of("x_quantized", "x_scale", "x_zero_point"),
                        List.of("x_dequantized"))
                .node(
                        "DequantizeLinear",
                        "w/d",
                        List.of("fc.weight", "fc.weight_scale", "fc.weight_zero_point"),
                        List.of("w_dequantized"))
                .node("MatMul", "fc", List.of("x_dequantized", "w_dequantized"), List.of("s1"))
                .node("Relu", "relu", List.of("s1"), List.of("y"));
    }

    @Test
    void pairs_getShortNames_allElseKeepsIts() {
        ModelGraph compact = CompactNames.of(graph().build());
        assertThat(compact.nodes()).extracting(node -> node.output(0)).containsExactly("q1", "d1", "d2", "s1", "y");
        assertThat(compact.nodes()).extracting(GraphNode::name).contains("fc", "relu");
        assertThat(compact.nodes().get(3).inputs()).containsExactly("d1", "d2");
        assertThat(compact.nodes().get(3).outputs()).containsExactly("s1");
        assertThat(compact.initializers()).containsOnlyKeys("fc.weight", "s2", "s3", "z1");
        try (OnnxRuntimeModel before = OnnxRuntimeModel.open(graph().build(), 1);
                OnnxRuntimeModel after = OnnxRuntimeModel.open(compact, 1)) {
            float[] x = {0.3f, -0.7f};
            assertThat(after.logits(x, 1)).containsExactly(before.logits(x, 1));
        }
    }

    @Test
    void names_thatAreShort_stay() {
        ModelGraph compact = CompactNames.of(graph().build());
        assertThat(CompactNames.of(compact)).isSameAs(compact);
    }

    @Test
    void scales_thatANoteSpeaksOf_keepTheirNames() {
        ModelGraph noted = new RoleOverrides(List.of("x_scale"), List.of()).note(graph().build());
        assertThat(CompactNames.of(noted).initializers()).containsKey("x_scale").doesNotContainKey("fc.weight_scale");
    }

    @Test
    void scales_thatAPatternOfANoteChooses_keepTheirNames() {
        ModelGraph noted = new RoleOverrides(List.of(), List.of("x_*")).note(graph().build());
        ModelGraph compact = CompactNames.of(noted);
        assertThat(compact.initializers())
                .containsKeys("x_scale", "x_zero_point")
                .doesNotContainKey("fc.weight_scale");
        assertThat(GraphContext.of(compact).roles()).containsEntry("x_scale", InitializerRole.CONSTANT);
    }

    @Test
    void output_ofAPair_keepsItsName() {
        ModelGraph graph = ModelGraph.builder("g")
                .input("x", ElementType.FLOAT, -1, 2)
                .output("y", ElementType.FLOAT, -1, 2)
                .initializer(scalar("scale", 0.5f))
                .initializer(zero("zero"))
                .node("QuantizeLinear", "q", List.of("x", "scale", "zero"), List.of("i"))
                .node("DequantizeLinear", "d", List.of("i", "scale", "zero"), List.of("y"))
                .build();
        ModelGraph compact = CompactNames.of(graph);
        assertThat(compact.outputs().get(0).name()).isEqualTo("y");
        assertThat(compact.nodes().get(1).outputs()).containsExactly("y");
    }
}

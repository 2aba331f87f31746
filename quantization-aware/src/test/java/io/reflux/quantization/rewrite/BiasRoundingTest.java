package io.reflux.quantization.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BiasRoundingTest {

    /** Input scale ½, weight scales ¼ and 1: biases are multiples of ⅛ and of ½. */
    private static ModelGraph layer() {
        return ModelGraph.builder("layer")
                .input("x", ElementType.UINT8, -1, 1)
                .output("y", ElementType.FLOAT, -1, 2)
                .initializer(GraphTensor.of("xs", new long[0], new float[] {0.5f}))
                .initializer(GraphTensor.of("w", ElementType.INT8, new long[] {1, 2}, new long[] {3, -4}))
                .initializer(GraphTensor.of("ws", new long[] {2}, new float[] {0.25f, 1}))
                .initializer(GraphTensor.of("b", new long[] {2}, new float[] {0.3f, -0.8f}))
                .node("DequantizeLinear", "dx", List.of("x", "xs"), List.of("a"))
                .node("DequantizeLinear", "dw", List.of("w", "ws"), List.of("v"), Attributes.NONE.withInt("axis", 1))
                .node("Gemm", "gemm", List.of("a", "v", "b"), List.of("y"))
                .build();
    }

    @Test
    void round_ofALayer_putsItsBiasOnTheGridOfItsSums() {
        ModelGraph rounded = BiasRounding.round(layer());
        assertThat(rounded.initializers().get("b").floats()).containsExactly(0.25f, -1);
        assertThat(BiasRounding.round(rounded).digest()).isEqualTo(rounded.digest());
    }

    @Test
    void round_ofABiasThatOthersRead_leavesThemTheirs() {
        ModelGraph shared = layer().toBuilder()
                .outputOfAnyShape("z", ElementType.FLOAT)
                .node("Neg", "neg", List.of("b"), List.of("z"))
                .build();
        ModelGraph rounded = BiasRounding.round(shared);
        assertThat(rounded.initializers().get("b").floats()).containsExactly(0.3f, -0.8f);
        assertThat(rounded.initializers().get("b_rounded").floats()).containsExactly(0.25f, -1);
    }
}

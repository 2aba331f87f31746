package io.reflux.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NamedDimensionsTest {

    /** The builder names the first dimension "batch" and the others after their value. */
    private final ModelGraph graph = ModelGraph.builder("g")
            .input("x", ElementType.FLOAT, -1, -1, 3)
            .node("Relu", "n", List.of("x"), List.of("y"))
            .output("y", ElementType.FLOAT, -1, -1, 3)
            .build();

    @Test
    void dimension_ofThatName_getsTheSize() {
        ModelGraph fixed = graph.withDimensions(Map.of("x_1", 16L));

        assertThat(fixed.inputs().get(0).shape()).containsExactly(-1L, 16L, 3L);
        assertThat(graph.withDimensions(Map.of("batch", 2L)).outputs().get(0).shape())
                .containsExactly(2L, -1L, 3L);
    }

    @Test
    void dimension_unknownOrEmpty_isRefused() {
        assertThatThrownBy(() -> graph.withDimensions(Map.of("sequence", 16L)))
                .isInstanceOf(ModelException.class)
                .hasMessage("dimensions: sequence (expected: a free dimension's name; nearest: batch, x_1)");
        assertThatThrownBy(() -> graph.withDimensions(Map.of("x_1", 0L)))
                .hasMessage("dimensions.x_1: 0 (expected: >= 1)");
    }
}

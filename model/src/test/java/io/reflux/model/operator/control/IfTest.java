package io.reflux.model.operator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.GraphParity;
import io.reflux.model.operator.spi.InitializerRole;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IfTest {

    /** PyTorch asks for sizes like this where it cannot tell whether to squeeze. */
    @Test
    void conditionOnAShape_choosesABranch() {
        for (long size : new long[] {1, 2}) {
            ModelGraph graph = graph(ModelGraph.builder("g")
                            .input("x", ElementType.FLOAT, -1, size, 3)
                            .node("Shape", "s", List.of("x"), List.of("shape"))
                            .initializer(scalar("one", 1))
                            .node("Gather", "size", List.of("shape", "one"), List.of("n"))
                            .node("Equal", "is", List.of("n", "one"), List.of("condition")))
                    .build();

            assertThat(GraphContext.of(graph).roles()).containsEntry("w", InitializerRole.PARAMETER);
            for (int rows : new int[] {1, 3}) {
                GraphParity.assertSame(
                        graph, GraphTensor.of("x", new long[] {rows, size, 3}, new float[rows * (int) size * 3]));
            }
        }
    }

    @Test
    void conditionOnData_isRefused() {
        ModelGraph graph = graph(ModelGraph.builder("g")
                        .input("x", ElementType.FLOAT, -1, 1, 3)
                        .input("condition", ElementType.BOOL))
                .build();

        assertThatThrownBy(() -> GraphContext.of(graph))
                .hasMessage("g (operator set 17): node choice (If): condition: condition is computed "
                        + "(expected: known from shapes and constants)");
    }

    private static ModelGraphBuilder graph(ModelGraphBuilder builder) {
        ModelGraphBuilder doubled = ModelGraph.builder("doubled")
                .initializer(GraphTensor.of("two", new long[] {1}, new float[] {2}))
                .node("Mul", "double", List.of("a", "two"), List.of("y1"))
                .outputOfAnyShape("y1", ElementType.FLOAT);
        ModelGraphBuilder same = ModelGraph.builder("same")
                .node("Identity", "keep", List.of("a"), List.of("y2"))
                .outputOfAnyShape("y2", ElementType.FLOAT);
        return builder.initializer(GraphTensor.of("w", new long[] {3}, new float[] {1, 2, 3}))
                .node("Add", "add", List.of("x", "w"), List.of("a"))
                .node(
                        "If",
                        "choice",
                        List.of("condition"),
                        List.of("y"),
                        Attributes.NONE.withGraph("then_branch", doubled).withGraph("else_branch", same))
                .outputOfAnyShape("y", ElementType.FLOAT);
    }

    private static GraphTensor scalar(String name, long value) {
        return GraphTensor.of(name, new long[0], new long[] {value});
    }
}

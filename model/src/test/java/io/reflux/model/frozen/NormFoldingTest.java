package io.reflux.model.frozen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.runtime.OnnxRuntimeModel;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class NormFoldingTest {

    private static float[] random(int count, long seed, float from) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = from + random.nextFloat();
        }
        return values;
    }

    private static void norm(ModelGraphBuilder builder, String name, String x, String y) {
        String[] parts = {"scale", "shift", "mean", "variance"};
        for (int i = 0; i < parts.length; i++) {
            builder.initializer(
                    GraphTensor.of(name + "." + parts[i], new long[] {3}, random(3, name.hashCode() + i, 0.5f)));
        }
        builder.node(
                "BatchNormalization",
                name,
                List.of(x, name + ".scale", name + ".shift", name + ".mean", name + ".variance"),
                List.of(y),
                Attributes.NONE.withFloat("epsilon", 1e-3f));
    }

    /** Two convolutions that share a weight and have norms of their own, then a Gemm with one. */
    private static ModelGraph graph() {
        ModelGraphBuilder builder = ModelGraph.builder("norms")
                .input("x", ElementType.FLOAT, -1, 3, 5, 5)
                .output("y", ElementType.FLOAT, -1, 3)
                .initializer(GraphTensor.of("w", new long[] {3, 3, 1, 1}, random(9, 1, -0.5f)))
                .initializer(GraphTensor.of("b", new long[] {3}, random(3, 2, -0.5f)))
                .initializer(GraphTensor.of("v", new long[] {3, 3}, random(9, 3, -0.5f)))
                .node("Conv", "conv1", List.of("x", "w"), List.of("c1"))
                .node("Relu", "relu", List.of("n1"), List.of("r1"))
                .node("Conv", "conv2", List.of("r1", "w", "b"), List.of("c2"))
                .node("GlobalAveragePool", "pool", List.of("n2"), List.of("p"))
                .node("Flatten", "flatten", List.of("p"), List.of("f"))
                .node("Gemm", "gemm", List.of("f", "v"), List.of("g"));
        norm(builder, "norm1", "c1", "n1");
        norm(builder, "norm2", "c2", "n2");
        norm(builder, "norm3", "g", "y");
        return builder.build();
    }

    @Test
    void fold_ofLayersWithASharedWeight_computesTheSame() {
        ModelGraph folded = NormFolding.fold(graph());
        assertThat(folded.nodes()).noneMatch(node -> node.operator().equals("BatchNormalization"));
        assertThat(folded.initializers()).doesNotContainKeys("norm1.scale", "norm3.variance");
        float[] x = random(75 * 8, 4, -1);
        try (OnnxRuntimeModel before = OnnxRuntimeModel.open(graph(), 1);
                OnnxRuntimeModel after = OnnxRuntimeModel.open(folded, 1)) {
            assertThat(after.logits(x, 8)).containsExactly(before.logits(x, 8), within(2e-6f));
        }
    }

    /** y = (2·x − 1) · 3 / √(3.999 + 0.001) + 5 = 3·x + 3.5. */
    @Test
    void fold_ofKnownNumbers_isTheFormula() {
        ModelGraphBuilder builder = ModelGraph.builder("norm")
                .input("x", ElementType.FLOAT, -1, 1, 1, 1)
                .output("y", ElementType.FLOAT, -1, 1, 1, 1)
                .initializer(GraphTensor.of("w", new long[] {1, 1, 1, 1}, new float[] {2}))
                .initializer(GraphTensor.of("scale", new long[] {1}, new float[] {3}))
                .initializer(GraphTensor.of("shift", new long[] {1}, new float[] {5}))
                .initializer(GraphTensor.of("mean", new long[] {1}, new float[] {1}))
                .initializer(GraphTensor.of("variance", new long[] {1}, new float[] {3.999f}))
                .node("Conv", "conv", List.of("x", "w"), List.of("c"))
                .node(
                        "BatchNormalization",
                        "norm",
                        List.of("c", "scale", "shift", "mean", "variance"),
                        List.of("y"),
                        Attributes.NONE.withFloat("epsilon", 1e-3f));
        ModelGraph folded = NormFolding.fold(builder.build());
        assertThat(folded.initializers().get("w").floats()).containsExactly(3);
        assertThat(folded.initializers().get("w_bias").floats()).containsExactly(3.5f);
    }

    @Test
    void fold_whereTheLayerIsReadElsewhere_leavesIt() {
        ModelGraph graph =
                graph().toBuilder().outputOfAnyShape("c1", ElementType.FLOAT).build();
        assertThat(NormFolding.fold(graph).nodes())
                .filteredOn(node -> node.operator().equals("BatchNormalization"))
                .extracting(node -> node.name())
                .containsExactly("norm1");
    }

    @Test
    void fold_ofAGraphWithoutNorms_isTheGraph() {
        ModelGraph graph = ModelGraph.builder("none")
                .input("x", ElementType.FLOAT, -1, 3)
                .output("y", ElementType.FLOAT, -1, 3)
                .node("Relu", "relu", List.of("x"), List.of("y"))
                .build();
        assertThat(NormFolding.fold(graph)).isSameAs(graph);
    }
}

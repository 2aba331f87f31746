package io.reflux.model.operator.normalization;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.EngineParity;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class BatchNormalizationParityTest {

    @Property(tries = 12)
    void batchNormalization_evaluation_equalsOnnxRuntime(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int rank) {
        EngineParity parity = new EngineParity(seed);
        long[][] samples = {{5}, {5, 4}, {5, 4, 3}};
        float[] variance = parity.values(5);
        for (int i = 0; i < variance.length; i++) {
            variance[i] = variance[i] * variance[i] + 0.1f;
        }
        parity.assertSame(
                15,
                samples[rank - 1],
                graph -> graph.initializer(parity.tensor("scale", 5))
                        .initializer(parity.tensor("bias", 5))
                        .initializer(parity.tensor("mean", 5))
                        .initializer(GraphTensor.of("variance", new long[] {5}, variance))
                        .node(
                                "BatchNormalization",
                                "norm",
                                List.of("x", "scale", "bias", "mean", "variance"),
                                List.of("y"),
                                Attributes.NONE.withFloat("epsilon", 1e-3f).withFloat("momentum", 0.8f)));
    }
}

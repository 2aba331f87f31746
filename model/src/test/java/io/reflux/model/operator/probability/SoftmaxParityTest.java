package io.reflux.model.operator.probability;

import io.reflux.model.graph.Attributes;
import io.reflux.model.operator.EngineParity;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class SoftmaxParityTest {

    @Property(tries = 12)
    void softmaxes_anyAxis_equalOnnxRuntime(
            @ForAll long seed, @ForAll @IntRange(min = -3, max = 3) int axis, @ForAll boolean logarithm) {
        EngineParity parity = new EngineParity(seed);
        parity.assertSame(
                13,
                new long[] {2, 3, 4},
                graph -> graph.node(
                        logarithm ? "LogSoftmax" : "Softmax",
                        "softmax",
                        List.of("x"),
                        List.of("y"),
                        Attributes.NONE.withInt("axis", axis)));
    }
}

package io.reflux.model.operator.reduction;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.EngineParity;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class CumSumParityTest {

    @Property(tries = 24)
    void cumSum_anyAxis_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(min = -2, max = 2) int axis,
            @ForAll boolean exclusive,
            @ForAll boolean reverse) {
        new EngineParity(seed)
                .assertSame(
                        14,
                        new long[] {4, 5},
                        graph -> graph.initializer(GraphTensor.of("axis", new long[0], new long[] {axis}))
                                .node(
                                        "CumSum",
                                        "n",
                                        List.of("x", "axis"),
                                        List.of("y"),
                                        Attributes.NONE
                                                .withInt("exclusive", exclusive ? 1 : 0)
                                                .withInt("reverse", reverse ? 1 : 0)));
    }
}

package io.reflux.model.operator.layout;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.EngineParity;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class ReshapeParityTest {

    @Property(tries = 12)
    void reshape_zerosAndRemainder_equalOnnxRuntime(@ForAll long seed, @ForAll @IntRange(max = 4) int form) {
        EngineParity parity = new EngineParity(seed);
        long[][] targets = {{-1, 24}, {0, -1}, {0, 3, -1, 2}, {-1, 4, 6}, {0, 0, 12}};
        parity.assertSame(
                17,
                new long[] {2, 3, 4},
                graph -> graph.initializer(GraphTensor.of("shape", new long[] {targets[form].length}, targets[form]))
                        .node("Reshape", "reshape", List.of("x", "shape"), List.of("y")));
    }

    @Property(tries = 10)
    void flatten_axisInsideTheSample_equalsOnnxRuntime(
            @ForAll long seed, @ForAll @IntRange(min = -2, max = 1) int axis) {
        EngineParity parity = new EngineParity(seed);
        // Back to one row for each sample, so that the logits are batch × features.
        parity.assertSame(
                17,
                new long[] {6},
                graph -> graph.initializer(GraphTensor.of("back", new long[] {2}, new long[] {-1, 6}))
                        .node("Flatten", "flat", List.of("x"), List.of("t"), Attributes.NONE.withInt("axis", axis))
                        .node("Reshape", "reshape", List.of("t", "back"), List.of("y")));
    }
}

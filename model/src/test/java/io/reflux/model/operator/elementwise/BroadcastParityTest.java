package io.reflux.model.operator.elementwise;

import io.reflux.model.operator.EngineParity;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class BroadcastParityTest {

    @Property(tries = 20)
    void addAndMul_broadcast_equalsOnnxRuntime(
            @ForAll long seed, @ForAll @IntRange(max = 4) int form, @ForAll boolean add) {
        EngineParity parity = new EngineParity(seed);
        long[][] shapes = {{}, {4}, {3, 1}, {1, 2, 1, 4}, {2, 3, 4}};
        parity.assertSame(
                17,
                new long[] {2, 3, 4},
                graph -> graph.initializer(parity.tensor("c", shapes[form]))
                        .node(add ? "Add" : "Mul", "stretch", List.of("c", "x"), List.of("y")));
    }
}

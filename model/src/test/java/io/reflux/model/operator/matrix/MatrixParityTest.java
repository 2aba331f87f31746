package io.reflux.model.operator.matrix;

import io.reflux.model.graph.Attributes;
import io.reflux.model.operator.EngineParity;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;

final class MatrixParityTest {

    @Property(tries = 40)
    void gemm_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll boolean transB,
            @ForAll boolean scaled,
            @ForAll @FloatRange(min = -2, max = 2) float alpha,
            @ForAll @FloatRange(min = -2, max = 2) float beta,
            @ForAll @IntRange(max = 4) int bias) {
        EngineParity parity = new EngineParity(seed);
        long[][] biasShapes = {{}, {1}, {5}, {1, 5}, {1, 1}};
        Attributes attributes = Attributes.NONE.withInt("transB", transB ? 1 : 0);
        Attributes all = scaled ? attributes.withFloat("alpha", alpha).withFloat("beta", beta) : attributes;
        parity.assertSame(17, new long[] {7}, graph -> {
            graph.initializer(transB ? parity.tensor("w", 5, 7) : parity.tensor("w", 7, 5));
            graph.initializer(parity.tensor("c", biasShapes[bias]));
            graph.node("Gemm", "gemm", List.of("x", "w", "c"), List.of("y"), all);
        });
    }

    @Property(tries = 8)
    void gemm_withoutBias_equalsOnnxRuntime(@ForAll long seed, @ForAll boolean transB, @ForAll boolean scaled) {
        EngineParity parity = new EngineParity(seed);
        Attributes attributes =
                Attributes.NONE.withInt("transB", transB ? 1 : 0).withFloat("alpha", scaled ? 0.5f : 1);
        parity.assertSame(
                17,
                new long[] {7},
                graph -> graph.initializer(transB ? parity.tensor("w", 5, 7) : parity.tensor("w", 7, 5))
                        .node("Gemm", "gemm", List.of("x", "w"), List.of("y"), attributes));
    }

    @Example
    void gemm_transposedInput_equalsOnnxRuntime() {
        EngineParity parity = new EngineParity(5);
        // x′x: features × features would drop the batch, so a transposed weight stands first and x second.
        parity.assertSame(
                17,
                new long[] {4},
                graph -> graph.initializer(parity.tensor("w", 6, 4))
                        .node("Gemm", "wx", List.of("w", "x"), List.of("t"), Attributes.NONE.withInt("transB", 1))
                        .initializer(parity.tensor("v", 6, 5))
                        .node("Gemm", "back", List.of("t", "v"), List.of("y"), Attributes.NONE.withInt("transA", 1)));
    }

    @Property(tries = 20)
    void matMul_anyRanks_equalsOnnxRuntime(@ForAll long seed, @ForAll @IntRange(max = 3) int form) {
        EngineParity parity = new EngineParity(seed);
        long[][] samples = {{7}, {3, 7}, {2, 3, 7}, {2, 3, 7}};
        long[][] weights = {{7, 5}, {7, 5}, {2, 7, 5}, {7}};
        parity.assertSame(
                17,
                samples[form],
                graph -> graph.initializer(parity.tensor("w", weights[form]))
                        .node("MatMul", "product", List.of("x", "w"), List.of("y")));
    }
}

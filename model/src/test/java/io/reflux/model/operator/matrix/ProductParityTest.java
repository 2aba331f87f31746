package io.reflux.model.operator.matrix;

import io.reflux.model.graph.Attributes;
import io.reflux.model.operator.OperatorParity;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProductParityTest {

    private static final long[][] BIASES = {{}, {1}, {5}, {1, 5}, {4, 1}, {4, 5}};

    @Property(tries = 40)
    void gemm_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll boolean transA,
            @ForAll boolean transB,
            @ForAll @FloatRange(min = -2, max = 2) float alpha,
            @ForAll @FloatRange(min = -2, max = 2) float beta,
            @ForAll @IntRange(max = 6) int bias) {
        gemm(seed, transA, transB, alpha, beta, bias).assertSame();
    }

    @Property(tries = 10)
    void gemm_gradients_equalFiniteDifferences(
            @ForAll long seed, @ForAll boolean transA, @ForAll boolean transB, @ForAll @IntRange(max = 6) int bias) {
        gemm(seed, transA, transB, 0.5f, 1.5f, bias).assertGradients();
    }

    private static OperatorParity gemm(long seed, boolean transA, boolean transB, float alpha, float beta, int bias) {
        OperatorParity parity = new OperatorParity(seed, 13);
        parity.input(transA ? parity.tensor("x", -1, 1, 7, 4) : parity.tensor("x", -1, 1, 4, 7), false);
        parity.constant(transB ? parity.tensor("w", -1, 1, 5, 7) : parity.tensor("w", -1, 1, 7, 5));
        if (bias < BIASES.length) {
            parity.weight("c", BIASES[bias]);
        }
        return parity.node(
                        "Gemm",
                        bias < BIASES.length ? "x w c" : "x w",
                        "y",
                        Attributes.NONE
                                .withInt("transA", transA ? 1 : 0)
                                .withInt("transB", transB ? 1 : 0)
                                .withFloat("alpha", alpha)
                                .withFloat("beta", beta))
                .output("y");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"2 3 4 | 4 5", "2 3 4 | 4", "2 3 4 | 2 4 5", "2 1 3 4 | 6 4 5", "2 4 | 3 4 5", "4 | 4 5", "4 | 4"})
    void matMul_anyRanks_equalsOnnxRuntimeAndItsGradientDifferences(String left, String right) {
        for (boolean gradients : new boolean[] {false, true}) {
            OperatorParity parity = new OperatorParity(left.hashCode(), 13);
            parity.input(parity.tensor("x", -1, 1, sizes(left)), false)
                    .weight("w", sizes(right))
                    .node("MatMul", "x w", "y")
                    .output("y");
            if (gradients) {
                parity.assertGradients();
            } else {
                parity.assertSame();
            }
        }
    }

    @Property(tries = 16)
    void fusedMatMul_anyAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll boolean transA,
            @ForAll boolean transB,
            @ForAll @FloatRange(min = -2, max = 2) float alpha) {
        OperatorParity parity = new OperatorParity(seed, 13).domain("com.microsoft", 1);
        parity.input(transA ? parity.tensor("x", -1, 1, 2, 7, 4) : parity.tensor("x", -1, 1, 2, 4, 7), true)
                .constant(transB ? parity.tensor("w", -1, 1, 5, 7) : parity.tensor("w", -1, 1, 7, 5))
                .node(
                        "com.microsoft",
                        "FusedMatMul",
                        "x w",
                        "y",
                        Attributes.NONE
                                .withInt("transA", transA ? 1 : 0)
                                .withInt("transB", transB ? 1 : 0)
                                .withFloat("alpha", alpha))
                .output("y")
                .assertSame();
    }

    private static long[] sizes(String list) {
        return Arrays.stream(list.trim().split(" ")).mapToLong(Long::parseLong).toArray();
    }
}

package io.reflux.model.operator.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.operator.OperatorParity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gelu and dense layers as exporters write them out: found, and equal to ONNX Runtime. */
final class DensePatternTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void geluByErf_inAnyOrder_isFused(int order) {
        geluByErf(order).assertSame();
        geluByErf(order).assertGradients();
        assertThat(geluByErf(order).script())
                .contains("torch.gelu(x0, approximate=\"none\")")
                .doesNotContain("torch.erf");
    }

    private static OperatorParity geluByErf(int order) {
        OperatorParity parity = new OperatorParity(order, 17)
                .input("x", 3, 5)
                .scalar("root", (float) Math.sqrt(2))
                .scalar("inverse", (float) Math.sqrt(0.5))
                .scalar("one", 1)
                .scalar("half", 0.5f);
        switch (order) {
            case 0 ->
                parity.node("Div", "x root", "a")
                        .node("Erf", "a", "b")
                        .node("Add", "b one", "c")
                        .node("Mul", "x c", "d")
                        .node("Mul", "d half", "y");
            case 1 ->
                parity.node("Mul", "x inverse", "a")
                        .node("Erf", "a", "b")
                        .node("Add", "one b", "c")
                        .node("Mul", "half x", "d")
                        .node("Mul", "d c", "y");
            default ->
                parity.node("Div", "x root", "a")
                        .node("Erf", "a", "b")
                        .node("Add", "b one", "c")
                        .node("Mul", "c half", "d")
                        .node("Mul", "x d", "y");
        }
        return parity.output("y");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void geluByTanh_isFused(boolean power) {
        geluByTanh(power, 0.044715f).assertSame();
        geluByTanh(power, 0.044715f).assertGradients();
        assertThat(geluByTanh(power, 0.044715f).script())
                .contains("torch.gelu(x0, approximate=\"tanh\")")
                .doesNotContain("torch.tanh");
    }

    @Test
    void curveOfOtherNumbers_isLeftAlone() {
        OperatorParity parity = geluByTanh(true, 0.05f);

        assertThat(parity.script()).doesNotContain("gelu");
        parity.assertSame();
    }

    private static OperatorParity geluByTanh(boolean power, float cubic) {
        OperatorParity parity = new OperatorParity(2, 17)
                .input("x", 3, 5)
                .scalar("three", 3)
                .scalar("cubic", cubic)
                .scalar("root", (float) Math.sqrt(2 / Math.PI))
                .scalar("one", 1)
                .scalar("half", 0.5f);
        if (power) {
            parity.node("Pow", "x three", "cube");
        } else {
            parity.node("Mul", "x x", "square").node("Mul", "x square", "cube");
        }
        return parity.node("Mul", "cubic cube", "a")
                .node("Add", "x a", "b")
                .node("Mul", "b root", "c")
                .node("Tanh", "c", "d")
                .node("Add", "d one", "e")
                .node("Mul", "x half", "f")
                .node("Mul", "f e", "y")
                .output("y");
    }

    @ParameterizedTest
    @CsvSource({"true,3", "false,3", "true,2"})
    void matMulAndBias_isFused(boolean biasFirst, int rank) {
        for (boolean gradients : new boolean[] {false, true}) {
            OperatorParity parity = new OperatorParity(3, 17)
                    .input("x", rank == 3 ? new long[] {2, 3, 4} : new long[] {2, 4})
                    .weight("w", 4, 5)
                    .weight("b", 5)
                    .node("MatMul", "x w", "a")
                    .node("Add", biasFirst ? "b a" : "a b", "y")
                    .output("y");
            assertThat(parity.script()).contains("torch.linear").doesNotContain("torch.matmul");
            if (gradients) {
                parity.assertGradients();
            } else {
                parity.assertSame();
            }
        }
    }

    @Test
    void matMulAndSomethingElse_isLeftAlone() {
        OperatorParity parity = new OperatorParity(4, 17)
                .input("x", 2, 3, 4)
                .weight("w", 4, 5)
                .weight("b", 3, 5)
                .node("MatMul", "x w", "a")
                .node("Add", "a b", "y")
                .output("y");

        // A bias of more than one axis is none: it stays an addition behind the product.
        assertThat(parity.script()).contains("torch.add(");
        parity.assertSame();
    }
}

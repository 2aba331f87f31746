package io.reflux.model.operator.matrix;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.Attributes;
import io.reflux.model.operator.OperatorParity;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EinsumParityTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bhqd,bhkd->bhqk | 2 3 4 5 | 2 3 6 5",
                "bhqk,bhkd->bhqd | 2 3 4 5 | 2 3 5 6",
                "bij,jk->bik | 2 3 4 | 4 5",
                "bij, jk -> bki | 2 3 4 | 4 5",
                "bi,bj->bij | 2 3 | 2 4",
                "bi,bi->b | 2 3 | 2 3",
                "bi,bi | 2 3 | 2 3",
                "bj,ji | 2 3 | 3 4",
                "...ij,...jk->...ik | 2 3 4 5 | 1 3 5 2",
                "b...j,jk->b...k | 2 3 4 5 | 5 2",
                "...i,...i | 2 3 4 | 2 3 4",
                "bi,i-> | 2 3 | 3"
            })
    void pairs_equalOnnxRuntimeAndTheirGradientDifferences(String equation, String left, String right) {
        for (boolean gradients : new boolean[] {false, true}) {
            OperatorParity parity = new OperatorParity(equation.hashCode(), 13)
                    .input("x", sizes(left))
                    .weight("w", sizes(right))
                    .node("Einsum", "x w", "y", Attributes.NONE.withString("equation", equation))
                    .output("y");
            if (gradients) {
                parity.assertGradients();
            } else {
                parity.assertSame();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"bij->bji | 2 3 4", "bii->bi | 2 3 3", "bii->b | 2 3 3", "bij->b | 2 3 4", "b... -> ...b | 2 3 4"})
    void one_equalsOnnxRuntime(String equation, String shape) {
        new OperatorParity(2, 17)
                .input("x", sizes(shape))
                .node("Einsum", "x", "y", Attributes.NONE.withString("equation", equation))
                .output("y")
                .assertSame();
    }

    @Test
    void three_equalOnnxRuntime() {
        new OperatorParity(3, 17)
                .input("x", 2, 3)
                .weight("u", 3, 4)
                .weight("v", 4, 5)
                .node("Einsum", "x u v", "y", Attributes.NONE.withString("equation", "bi,ij,jk->bk"))
                .output("y")
                .assertSame();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bi,j | equation: bi,j (expected: 1 terms)",
                "bi->bk | equation: bi->bk (expected: letters of the terms in the result)",
                "bi->bb | equation: bi->bb (expected: each letter once in the result)",
                "b1->b | equation: b1->b (expected: letters, commas, ... and one -> at most)",
                "bij->b | term bij for shape [-1, 3] (expected: a letter for each axis)"
            })
    void equation_thatDoesNotFit_isRefused(String equation, String problem) {
        OperatorParity parity = new OperatorParity(2, 17)
                .input("x", 2, 3)
                .node("Einsum", "x", "y", Attributes.NONE.withString("equation", equation))
                .output("y");

        assertThatThrownBy(parity::assertSame).hasMessageContaining(problem);
    }

    private static long[] sizes(String list) {
        return Arrays.stream(list.trim().split(" ")).mapToLong(Long::parseLong).toArray();
    }
}

package io.reflux.model.operator.reduction;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.OperatorParity;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ReduceParityTest {

    private static final List<String> OPERATORS = List.of(
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSum",
            "ReduceLogSumExp",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceProd",
            "ReduceSum",
            "ReduceSumSquare");

    private static final long[][] AXES = {{}, {1}, {-1}, {0, 2}, {2, 1}, {-3, -1, 1}};

    @Property(tries = 60)
    void reductions_anyAxes_equalOnnxRuntime(
            @ForAll long seed,
            @ForAll @IntRange(max = 5) int axes,
            @ForAll boolean keep,
            @ForAll boolean noop,
            @ForAll @IntRange(min = 13, max = 20) int opset) {
        reductions(seed, axes, keep, noop, opset).assertSame();
    }

    @Property(tries = 12)
    void reductions_gradients_equalFiniteDifferences(
            @ForAll long seed, @ForAll @IntRange(max = 5) int axes, @ForAll boolean keep) {
        reductions(seed, axes, keep, false, 18).assertGradients();
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"INT64", "INT32"})
    void reductions_integers_equalOnnxRuntime(ElementType type) {
        OperatorParity parity = new OperatorParity(1, 18)
                .input(GraphTensor.of("x", type, new long[] {2, 3}, new long[] {7, -7, 5, -5, 3, 1}), true)
                .axes("axes", 1);
        for (String operator : List.of("ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceSumSquare")) {
            parity.node(operator, "x axes", operator).output(operator, type);
        }
        parity.assertSame();
    }

    /** All reductions of one tensor of positive numbers, for the logarithm's sake. */
    private static OperatorParity reductions(long seed, int axes, boolean keep, boolean noop, int opset) {
        OperatorParity parity = new OperatorParity(seed, opset);
        parity.input(parity.tensor("x", 0.2, 2, 2, 3, 4), true).axes("axes", AXES[axes]);
        for (String operator : OPERATORS) {
            boolean input = opset >= 18 || operator.equals("ReduceSum");
            Attributes attributes = Attributes.NONE.withInt("keepdims", keep ? 1 : 0);
            if (input) {
                attributes = noop ? attributes.withInt("noop_with_empty_axes", 1) : attributes;
            } else if (axes > 0) {
                attributes = attributes.withInts("axes", AXES[axes]);
            }
            parity.node(operator, input ? axes == 0 ? "x -" : "x axes" : "x", operator, attributes)
                    .output(operator);
        }
        return parity;
    }
}

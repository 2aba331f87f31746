package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.OperatorParity;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ElementwiseParityTest {

    /** Each function over an interval in which it is defined. */
    @ParameterizedTest
    @CsvSource({
        "Abs,-2,2", "Acos,-0.9,0.9", "Acosh,1.1,3", "Asin,-0.9,0.9", "Asinh,-2,2", "Atan,-2,2", "Atanh,-0.9,0.9",
        "Cos,-4,4", "Cosh,-2,2", "Erf,-2,2", "Exp,-3,3", "Log,0.1,3", "Neg,-2,2", "Reciprocal,0.2,2",
        "Sin,-4,4", "Sinh,-2,2", "Sqrt,0.1,4", "Tan,-1,1"
    })
    void function_equalsOnnxRuntimeAndItsGradientDifferences(String operator, double low, double high) {
        parity(operator, low, high).assertSame();
        parity(operator, low, high).assertGradients();
    }

    @ParameterizedTest
    @CsvSource({"Ceil", "Floor", "Round", "Sign"})
    void step_equalsOnnxRuntime(String operator) {
        parity(operator, -4, 4).assertSame();
    }

    @Example
    void round_halves_goToTheEvenNumber() {
        new OperatorParity(1, 13)
                .input(
                        GraphTensor.of(
                                "x", new long[] {8}, new float[] {-2.5f, -1.5f, -0.5f, 0, 0.5f, 1.5f, 2.5f, 3.5f}),
                        false)
                .node("Round", "x", "y")
                .output("y")
                .assertSame();
    }

    @Property(tries = 30)
    void arithmetic_stretched_equalsOnnxRuntime(@ForAll long seed, @ForAll @IntRange(max = 4) int form) {
        arithmetic(seed, form).assertSame();
    }

    @Property(tries = 10)
    void arithmetic_gradients_equalFiniteDifferences(@ForAll long seed, @ForAll @IntRange(max = 4) int form) {
        arithmetic(seed, form).assertGradients();
    }

    private static OperatorParity arithmetic(long seed, int form) {
        long[][] shapes = {{}, {4}, {3, 1}, {1, 2, 1, 4}, {2, 3, 4}};
        OperatorParity parity = new OperatorParity(seed, 13).input("x", 2, 3, 4);
        return parity.constant(parity.tensor("c", 0.5, 1.5, shapes[form]))
                .weight("d", 3, 4)
                .node("Sub", "c x", "sub")
                .node("Div", "x c", "div")
                .node("Pow", "c x", "pow")
                .node("Max", "x c d", "max")
                .node("Min", "x c d", "min")
                .node("Sum", "c d x", "sum")
                .node("Mean", "x d c", "mean")
                .node("Max", "x", "single")
                .output("sub")
                .output("div")
                .output("pow")
                .output("max")
                .output("min")
                .output("sum")
                .output("mean")
                .output("single");
    }

    @ParameterizedTest
    @CsvSource({"2", "3", "0.5", "-1", "-0.5", "1.7", "0", "1"})
    void power_constantExponent_equalsOnnxRuntime(float exponent) {
        OperatorParity parity = new OperatorParity(2, 15);
        parity.input(parity.tensor("x", 0.1, 2, 3, 5), true)
                .scalar("e", exponent)
                .node("Pow", "x e", "y")
                .output("y")
                .assertSame();
    }

    @Example
    void modulo_floats_takeTheSignOfTheDividend() {
        OperatorParity parity = new OperatorParity(3, 13).input("x", 4, 6);
        parity.constant(parity.tensor("m", 0.3, 0.9, 6))
                .node("Mod", "x m", "y", Attributes.NONE.withInt("fmod", 1))
                .output("y")
                .assertSame();
    }

    @Property(tries = 12)
    void clip_boundsPresentOrAbsent_equalsOnnxRuntime(
            @ForAll long seed, @ForAll boolean least, @ForAll boolean most, @ForAll boolean computed) {
        OperatorParity parity = new OperatorParity(seed, 13)
                .input("x", 3, 5)
                .input(GraphTensor.of("given", new long[0], new float[] {0.75f}), false)
                .scalar("min", -0.5f)
                .scalar("max", 1.25f);
        parity.node("Clip", "x " + (least ? "min" : "-") + (most ? computed ? " given" : " max" : ""), "y")
                .node("Add", "y given", "z")
                .output("z")
                .assertSame();
    }

    @Example
    void clip_largestFloats_boundNothing() {
        new OperatorParity(4, 13)
                .input("x", 3, 5)
                .scalar("min", -Float.MAX_VALUE)
                .scalar("max", Float.MAX_VALUE)
                .node("Clip", "x min max", "y")
                .output("y")
                .assertSame();
    }

    @Property(tries = 20)
    void pRelu_slopesOfAnyShape_equalsOnnxRuntime(@ForAll long seed, @ForAll @IntRange(max = 5) int form) {
        pRelu(seed, form).assertSame();
    }

    @Property(tries = 6)
    void pRelu_gradients_equalFiniteDifferences(@ForAll long seed, @ForAll @IntRange(max = 5) int form) {
        pRelu(seed, form).assertGradients();
    }

    private static OperatorParity pRelu(long seed, int form) {
        long[][] slopes = {{}, {1}, {3, 1, 1}, {1, 3, 1, 1}, {4}, {3, 2, 4}};
        return new OperatorParity(seed, 16)
                .input("x", 2, 3, 2, 4)
                .weight("slope", slopes[form])
                .node("PRelu", "x slope", "y")
                .output("y");
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"INT64", "INT32"})
    void arithmetic_integers_equalsOnnxRuntime(ElementType type) {
        GraphTensor x = GraphTensor.of("x", type, new long[] {2, 4}, new long[] {7, -7, 5, -5, 0, 1, -9, 100});
        GraphTensor d = GraphTensor.of("d", type, new long[] {4}, new long[] {2, 2, -3, -3});
        GraphTensor two = GraphTensor.of("two", type, new long[0], new long[] {2});
        OperatorParity parity =
                new OperatorParity(1, 18).input(x, true).constant(d).constant(two);
        for (String operator : List.of("Add", "Sub", "Mul", "Div", "Mod", "Max", "Min")) {
            parity.node(operator, "x d", operator).output(operator, type);
        }
        parity.node("Mod", "x d", "fmod", Attributes.NONE.withInt("fmod", 1)).output("fmod", type);
        parity.node("Pow", "x two", "Pow").output("Pow", type);
        parity.node("Clip", "x - two", "Clip").output("Clip", type);
        for (String operator : List.of("Abs", "Neg", "Sign")) {
            parity.node(operator, "x", operator).output(operator, type);
        }
        parity.assertSame();
    }

    private static OperatorParity parity(String operator, double low, double high) {
        OperatorParity parity = new OperatorParity(operator.hashCode(), 13);
        return parity.input(parity.tensor("x", low, high, 3, 7), true)
                .node(operator, "x", "y")
                .output("y");
    }
}

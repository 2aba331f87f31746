package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.Attributes;
import io.reflux.model.operator.OperatorParity;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import net.jqwik.api.constraints.FloatRange;

final class ActivationParityTest {

    /** Operators and the opset that has them, without attributes or with all at their defaults. */
    private static final List<Tuple2<String, Integer>> PLAIN = List.of(
            Tuple.of("Celu", 13),
            Tuple.of("Elu", 13),
            Tuple.of("Gelu", 20),
            Tuple.of("HardSigmoid", 13),
            Tuple.of("HardSwish", 14),
            Tuple.of("LeakyRelu", 13),
            Tuple.of("Mish", 18),
            Tuple.of("Relu", 13),
            Tuple.of("Selu", 13),
            Tuple.of("Shrink", 13),
            Tuple.of("Sigmoid", 13),
            Tuple.of("Softplus", 13),
            Tuple.of("Softsign", 13),
            Tuple.of("Swish", 24),
            Tuple.of("Tanh", 13),
            Tuple.of("ThresholdedRelu", 13));

    @Provide
    Arbitrary<Tuple2<String, Integer>> plain() {
        return Arbitraries.of(PLAIN);
    }

    @Property(tries = 32)
    void activation_withDefaults_equalsOnnxRuntime(
            @ForAll("plain") Tuple2<String, Integer> operator, @ForAll long seed) {
        new OperatorParity(seed, operator.get2())
                .input("x", 3, 17)
                .node(operator.get1(), "x", "y")
                .output("y")
                .assertSame();
    }

    @Property(tries = 32)
    void activation_gradient_equalsFiniteDifferences(
            @ForAll("plain") Tuple2<String, Integer> operator, @ForAll long seed) {
        new OperatorParity(seed, operator.get2())
                .input("x", 2, 5)
                .node(operator.get1(), "x", "y")
                .output("y")
                .assertGradients();
    }

    @Property(tries = 40)
    void activation_withAttributes_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll @FloatRange(min = 0.1f, max = 2) float alpha,
            @ForAll @FloatRange(min = 0.1f, max = 2) float other) {
        Attributes attributes = Attributes.NONE.withFloat("alpha", alpha);
        new OperatorParity(seed, 13)
                .input("x", 3, 17)
                .node("Celu", "x", "a", attributes)
                .node("Elu", "x", "b", attributes)
                .node("HardSigmoid", "x", "c", attributes.withFloat("beta", other))
                .node("LeakyRelu", "x", "d", attributes)
                .node("Selu", "x", "e", attributes.withFloat("gamma", other))
                .node(
                        "Shrink",
                        "x",
                        "f",
                        Attributes.NONE.withFloat("lambd", alpha).withFloat("bias", other))
                .node("ThresholdedRelu", "x", "g", attributes)
                .output("a")
                .output("b")
                .output("c")
                .output("d")
                .output("e")
                .output("f")
                .output("g")
                .assertSame();
    }

    @Property(tries = 8)
    void microsoftGelus_equalOnnxRuntimeAndTheirGradientDifferences(@ForAll long seed, @ForAll boolean bias) {
        for (boolean gradients : new boolean[] {false, true}) {
            OperatorParity parity = new OperatorParity(seed, 17)
                    .domain("com.microsoft", 1)
                    .input("x", 2, 3, 4)
                    .weight("b", 4)
                    .node("com.microsoft", "Gelu", "x", "exact", Attributes.NONE)
                    .node("com.microsoft", "FastGelu", bias ? "x b" : "x", "fast", Attributes.NONE)
                    .node("com.microsoft", "BiasGelu", "x b", "biased", Attributes.NONE)
                    .node("com.microsoft", "QuickGelu", "x", "quick", Attributes.NONE)
                    .output("exact")
                    .output("fast")
                    .output("biased")
                    .output("quick");
            if (gradients) {
                parity.assertGradients();
            } else {
                parity.assertSame();
            }
        }
    }
}

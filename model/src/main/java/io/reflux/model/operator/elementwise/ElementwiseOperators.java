package io.reflux.model.operator.elementwise;

import io.reflux.model.operator.spi.Operator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The table of this family. */
public final class ElementwiseOperators {

    private ElementwiseOperators() {}

    /** Every operator of the family; adding one is a line here, and a class unless it has the form of another. */
    public static List<Operator> all() {
        return Stream.of(arithmetic(), functions(), activations(), Comparison.all(), Predicate.all(), choice())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Operator> arithmetic() {
        return List.of(
                new Broadcast("Add", "torch.add"),
                new Division(),
                new Fold("Max", "torch.maximum", false),
                new Fold("Mean", "torch.add", true),
                new Fold("Min", "torch.minimum", false),
                new Modulo(),
                new Broadcast("Mul", "torch.mul"),
                new Power(),
                new Broadcast("Sub", "torch.sub"),
                new Fold("Sum", "torch.add", false));
    }

    private static List<Operator> choice() {
        return List.of(new Where());
    }

    private static List<Operator> functions() {
        return List.of(
                new Elementwise("Abs", "torch.abs"),
                new Elementwise("Acos", "torch.acos"),
                new Elementwise("Acosh", "torch.acosh"),
                new Elementwise("Asin", "torch.asin"),
                new Elementwise("Asinh", "torch.asinh"),
                new Elementwise("Atan", "torch.atan"),
                new Elementwise("Atanh", "torch.atanh"),
                new Elementwise("Ceil", "torch.ceil"),
                new Clip(),
                new Elementwise("Cos", "torch.cos"),
                new Elementwise("Cosh", "torch.cosh"),
                new Elementwise("Erf", "torch.erf"),
                new Elementwise("Exp", "torch.exp"),
                new Elementwise("Floor", "torch.floor"),
                new Elementwise("Log", "torch.log"),
                new Elementwise("Neg", "torch.neg"),
                new Elementwise("Reciprocal", "torch.reciprocal"),
                new Elementwise("Round", "torch.round"),
                new Elementwise("Sign", "torch.sign"),
                new Elementwise("Sin", "torch.sin"),
                new Elementwise("Sinh", "torch.sinh"),
                new Elementwise("Sqrt", "torch.sqrt"),
                new Elementwise("Tan", "torch.tan"));
    }

    private static List<Operator> activations() {
        return List.of(
                new Formula("Celu", "torch.celu({x}, {alpha})", Map.of("alpha", 1f)),
                new Formula("Elu", "torch.elu({x}, {alpha}, 1, 1)", Map.of("alpha", 1f)),
                new Gelu("", "Gelu", 20, "none", 1),
                new Gelu("com.microsoft", "BiasGelu", 1, "none", 2),
                new Gelu("com.microsoft", "FastGelu", 1, "tanh", 2),
                new Gelu("com.microsoft", "Gelu", 1, "none", 1),
                new HardSigmoid(),
                new Elementwise("HardSwish", "torch.hardswish", 14),
                new Formula("LeakyRelu", "torch.leaky_relu({x}, {alpha})", Map.of("alpha", 0.01f)),
                new Elementwise("Mish", "torch.mish", 18),
                new PRelu(),
                new Swish("com.microsoft", "QuickGelu", 1, 1.702f),
                new Elementwise("Relu", "torch.relu"),
                // SELU's own two numbers (Klambauer et al. 2017, arXiv:1706.02515), as ONNX rounds them.
                new Formula(
                        "Selu",
                        "torch.elu({x}, {alpha}, {gamma}, 1)",
                        Map.of("alpha", 1.67326319217681884765625f, "gamma", 1.05070102214813232421875f)),
                new Formula(
                        "Shrink",
                        "torch.where(torch.lt({x}, -{lambd}), torch.add({x}, {bias}), "
                                + "torch.where(torch.gt({x}, {lambd}), torch.sub({x}, {bias}), torch.zeros_like({x})))",
                        Map.of("lambd", 0.5f, "bias", 0f)),
                new Elementwise("Sigmoid", "torch.sigmoid"),
                // ln(1 + eˣ) is x itself, in 32 bits, beyond 20.
                new Formula("Softplus", "torch.softplus({x}, 1, 20)"),
                new Formula("Softsign", "torch.div({x}, torch.add(torch.abs({x}), 1))"),
                new Swish("", "Swish", 24, 1),
                new Elementwise("Tanh", "torch.tanh"),
                new Formula("ThresholdedRelu", "torch.threshold({x}, {alpha}, 0)", Map.of("alpha", 1f)));
    }
}

package io.reflux.model.operator.spi;

import io.reflux.model.graph.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A function of each element by itself that kernels of layers can apply to what they have just computed.
 *
 * @param kind which function
 * @param numbers its settings, as {@link Kind} says
 */
public record Activation(Kind kind, List<Float> numbers) {

    /** None: the layer's output as it is. */
    public static final Activation NONE = new Activation(Kind.NONE, List.of());

    private static final String KIND = "activation";
    private static final String NUMBER = "activation_";

    /**
     * The functions, as libtorch has them and as oneDNN calls them. oneDNN's relu and clip turn NaN into a number, which
     * would hide a model that is broken; a slope that no result notices does not.
     */
    public enum Kind {
        NONE("{x}", "\"none\"", "[]", ""),
        RELU("torch.relu({x})", "\"leaky_relu\"", "[1e-30]", ""),
        /** Two numbers: the least and the largest value. */
        CLIP("torch.clamp({x}, {0}, {1})", "", "[]", ""),
        /** One number: the slope below 0. */
        LEAKY_RELU("torch.leaky_relu({x}, {0})", "\"leaky_relu\"", "[{0}]", ""),
        SIGMOID("torch.sigmoid({x})", "\"sigmoid\"", "[]", ""),
        TANH("torch.tanh({x})", "\"tanh\"", "[]", ""),
        HARD_SWISH("torch.hardswish({x})", "\"hardswish\"", "[]", ""),
        GELU("torch.gelu({x}, approximate=\"none\")", "\"gelu\"", "[]", "none"),
        GELU_BY_TANH("torch.gelu({x}, approximate=\"tanh\")", "\"gelu\"", "[]", "tanh");

        private final String script;
        private final String oneDnn;
        private final String settings;
        private final String algorithm;

        /** @param oneDnn its name as a literal; empty = not by oneDNN */
        Kind(String script, String oneDnn, String settings, String algorithm) {
            this.script = script;
            this.oneDnn = oneDnn;
            this.settings = settings;
            this.algorithm = algorithm;
        }
    }

    public Activation {
        numbers = List.copyOf(numbers);
    }

    /** The activation that {@link #in} noted; none if it noted none. */
    public static Activation of(Attributes attributes) {
        Kind kind = Kind.valueOf(attributes.getString(KIND, "none").toUpperCase(Locale.ROOT));
        List<Float> numbers = new ArrayList<>();
        while (attributes.names().contains(NUMBER + numbers.size())) {
            numbers.add(attributes.getFloat(NUMBER + numbers.size(), 0));
        }
        return new Activation(kind, numbers);
    }

    /** A node's attributes with a note of this activation. */
    public Attributes in(Attributes attributes) {
        Attributes noted = attributes.withString(KIND, kind.name().toLowerCase(Locale.ROOT));
        for (int i = 0; i < numbers.size(); i++) {
            noted = noted.withFloat(NUMBER + i, numbers.get(i));
        }
        return noted;
    }

    /** A script expression: the function of another expression. */
    public String applied(String expression) {
        return filled(kind.script).replace("{x}", expression);
    }

    /**
     * A script expression: the function of a layer that oneDNN computes, by oneDNN itself where it can.
     *
     * @param call the call of one of its pointwise operators up to the last three arguments, which name an activation
     */
    public String appliedBy(String call) {
        if (kind.oneDnn.isEmpty()) {
            return applied(NONE.appliedBy(call));
        }
        return call + ", " + kind.oneDnn + ", annotate(List[Optional[number]], " + filled(kind.settings) + "), \""
                + kind.algorithm + "\")";
    }

    private String filled(String text) {
        String filled = text;
        for (int i = 0; i < numbers.size(); i++) {
            filled = filled.replace("{" + i + "}", ScriptText.number(numbers.get(i)));
        }
        return filled;
    }
}

package io.reflux.student.plan;

import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.plan.BitPlan;
import io.reflux.quantization.plan.LayerOption;
import io.reflux.quantization.plan.LayerProfile;
import io.reflux.quantization.plan.NetworkProfile;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A plan as YAML, one line for each option, with comments. */
final class PlanText {
    private static final List<String> EXPLANATION = List.of(
            "Bits for each layer. Change weightBits and activationBits (0: floats), then replay:",
            "  reflux quantize MODEL.onnx --plan THIS_FILE",
            "Options are what was measured of the layer alone: loss (in the metric's unit), bytes of its weight,",
            "milliseconds that a call takes longer than with all layers in integers.");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_/][A-Za-z0-9_./-]*");

    private static final Set<String> RESERVED = Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private PlanText() {}

    static String of(BitPlan plan, List<String> comments) {
        NetworkProfile profile = plan.profile();
        StringBuilder text = new StringBuilder();
        EXPLANATION.forEach(line -> text.append("# ").append(line).append('\n'));
        comments.forEach(line -> text.append("# ").append(line).append('\n'));
        text.append("network: ").append(quoted(profile.network())).append('\n');
        text.append("model: ").append(quoted(profile.model())).append('\n');
        text.append("target: ").append(scalar(profile.target())).append('\n');
        text.append("metric: ").append(scalar(profile.metric())).append('\n');
        text.append("samples: ").append(profile.samples()).append('\n');
        text.append("floatBytes: ").append(profile.floatBytes()).append('\n');
        text.append("otherBytes: ").append(profile.otherBytes()).append('\n');
        Double milliseconds = profile.milliseconds();
        if (milliseconds != null) {
            text.append("milliseconds: ").append(number(milliseconds)).append('\n');
        }
        text.append("layers:\n");
        profile.layers().forEach(layer -> append(text, layer, plan.bits().get(layer.name())));
        return text.toString();
    }

    private static void append(StringBuilder text, LayerProfile layer, LayerBits bits) {
        text.append("  - name: ").append(scalar(layer.name())).append('\n');
        text.append("    weightBits: ").append(bits.weights()).append('\n');
        text.append("    activationBits: ").append(bits.activations()).append('\n');
        if (!layer.sharing().isEmpty()) {
            text.append("    sharing: ")
                    .append(layer.sharing().stream()
                            .map(PlanText::scalar)
                            .collect(Collectors.joining(", ", "[", "]\n")));
        }
        text.append("    elements: ").append(layer.elements()).append('\n');
        text.append("    options:\n");
        layer.options().forEach(option -> append(text, option));
    }

    private static void append(StringBuilder text, LayerOption option) {
        text.append("      - {weightBits: ").append(option.bits().weights());
        text.append(", activationBits: ").append(option.bits().activations());
        text.append(", sensitivity: ").append(number(option.sensitivity()));
        text.append(", bytes: ").append(option.bytes());
        Double extra = option.extraMilliseconds();
        if (extra != null) {
            text.append(", extraMilliseconds: ").append(number(extra));
        }
        text.append("}\n");
    }

    /** With an exponent that has a sign, without which YAML takes it for text. */
    private static String number(double value) {
        return String.format(Locale.ROOT, "%.5e", value);
    }

    private static String scalar(String value) {
        if (PLAIN.matcher(value).matches() && !RESERVED.contains(value.toLowerCase(Locale.ROOT))) {
            return value;
        }
        return quoted(value);
    }

    private static String quoted(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : value.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}

package io.reflux.model.step;

import io.reflux.model.operator.spi.LearnedScale;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScaleGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Text of the gradients of scales, by the formula of {@link LearnedScale}: two inner products, of what the backward pass leaves
 * at a rounding's two sides. Autograd would take a pass over memory for each of the formula's operations, and keep what they
 * make: 25 ms of a step of ResNet-20, where these take 4.
 *
 * <p>In scope: {@code outputs} of the training method, {@code p}, and {@link #gradientsOfValues} of each scale.
 */
final class ScaleGradientBlock {

    /** Σ a · b over values that lie in memory in the same order: {@code (a: Tensor, b: Tensor)}. */
    private static final String INNER = "inner";

    private static final int SPATIAL_RANK = 4;

    private final GraphScript graph;
    private final int first;

    ScaleGradientBlock(GraphScript graph) {
        this.graph = graph;
        this.first = graph.outputs().size() + 2 * graph.tail().layers().size();
    }

    /** The values whose scale is this parameter. */
    List<ScaleGradient> of(int parameter) {
        return graph.scales().stream()
                .filter(scale -> scale.parameter() == parameter)
                .toList();
    }

    /** Expressions of x and y. */
    List<String> values(ScaleGradient scale) {
        int x = first + 2 * graph.scales().indexOf(scale);
        return List.of("outputs[" + x + "]", "outputs[" + (x + 1) + "]");
    }

    /** Variables of the gradients of x and y. */
    List<String> gradientsOfValues(ScaleGradient scale) {
        int i = graph.scales().indexOf(scale);
        return List.of("of_x" + i, "of_y" + i);
    }

    /** Writes the gradients; adds those that autograd has left for the same parameters. */
    void write(ScriptLines script, String[] gradients) {
        if (graph.scales().isEmpty()) {
            return;
        }
        script.line("_scales = torch.set_grad_enabled(False)");
        for (int parameter = 0; parameter < gradients.length; parameter++) {
            List<ScaleGradient> scales = of(parameter);
            if (scales.isEmpty()) {
                continue;
            }
            List<String> terms = new ArrayList<>();
            if (gradients[parameter] != null) {
                terms.add("unchecked_cast(Tensor, " + gradients[parameter] + ")");
            }
            String p = "p[" + parameter + "]";
            String scale = "s" + parameter;
            script.line(scale + " = torch.copysign(torch.clamp_min(torch.abs(" + p + "), " + LearnedScale.LEAST + "), "
                    + p + ")");
            scales.forEach(gradient -> terms.add(term(gradient, scale)));
            gradients[parameter] = "scale_gradient" + parameter;
            String sum = terms.stream()
                    .reduce((left, right) -> "torch.add(" + left + ", " + right + ")")
                    .orElseThrow();
            script.line(gradients[parameter] + " = torch.reshape(" + sum + ", torch.size(" + p + "))");
        }
    }

    private String term(ScaleGradient gradient, String scale) {
        List<String> values = values(gradient);
        List<String> gradients = gradientsOfValues(gradient);
        String ofX = product(gradient.scale(), values.get(0), gradients.get(0));
        String ofY = product(gradient.scale(), values.get(1), gradients.get(1));
        return "torch.mul(torch.div(torch.sub(" + ofY + ", " + ofX + "), " + scale + "), "
                + gradient.scale().factor() + ")";
    }

    private static String product(LearnedScale scale, String value, String gradient) {
        String tensor = "unchecked_cast(Tensor, " + gradient + ")";
        if (scale.axis() < 0) {
            return "(self)." + INNER + "(torch.detach(" + value + "), " + tensor + ")";
        }
        String others = IntStream.range(0, scale.rank())
                .filter(axis -> axis != scale.axis())
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(", "));
        return "torch.sum(torch.mul(torch.detach(" + value + "), " + tensor + "), [" + others + "])";
    }

    /** The method that the text of {@link #write} calls, for a class body. */
    static String method() {
        ScriptLines script = new ScriptLines(2);
        script.line("c = a");
        script.line("d = b");
        script.open("if torch.eq(torch.dim(a), " + SPATIAL_RANK + ")");
        script.open("if torch.__not__(torch.is_contiguous(a))");
        // Convolutions leave the channels last in memory: in this order it is a view.
        script.line("c = torch.permute(a, [0, 2, 3, 1])");
        script.line("d = torch.permute(b, [0, 2, 3, 1])");
        script.close();
        script.close();
        script.line("return torch.dot(torch.reshape(c, [-1]), torch.reshape(d, [-1]))");
        return "  def " + INNER + "(self: __torch__." + GraphScript.CLASS + ", a: Tensor, b: Tensor) -> Tensor:\n"
                + script;
    }
}

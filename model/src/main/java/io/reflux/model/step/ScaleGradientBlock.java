package io.reflux.model.step;

import io.reflux.model.operator.spi.LearnedScale;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScaleGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Text of the gradients of scales, by the formula of {@link LearnedScale}: inner products of gradients that the backward pass
 * makes anyhow. Autograd would take a pass over memory for each of the formula's operations, and keep what they
 * make: a third of a step of ResNet-20.
 *
 * <p>In scope: {@code outputs} of the training method, {@code p}, and {@link #gradientsOfValues} of each scale.
 */
final class ScaleGradientBlock {

    /** Σ a · b over values that lie in memory in the same order: {@code (a: Tensor, b: Tensor)}. */
    private static final String INNER = "inner";

    private static final int SPATIAL_RANK = 4;

    private static final int FLOAT32 = 6;

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

    /** Expressions of the values whose gradients are wanted, one for each term. */
    List<String> values(ScaleGradient scale) {
        return places(scale).mapToObj(place -> "outputs[" + place + "]").toList();
    }

    /** Variables of these gradients. */
    List<String> gradientsOfValues(ScaleGradient scale) {
        return places(scale).mapToObj(place -> "of" + place).toList();
    }

    /** Places of these values in what the training method returns; behind each stands what its gradient is multiplied by. */
    private IntStream places(ScaleGradient scale) {
        int before = graph.scales().subList(0, graph.scales().indexOf(scale)).stream()
                .mapToInt(other -> other.scale().terms().size())
                .sum();
        return IntStream.range(before, before + scale.scale().terms().size()).map(term -> first + 2 * term);
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
        LearnedScale learned = gradient.scale();
        int[] places = places(gradient).toArray();
        String sum = "";
        for (int i = 0; i < places.length; i++) {
            String value = "torch.detach(outputs[" + (places[i] + 1) + "])";
            String of = "unchecked_cast(Tensor, of" + places[i] + ")";
            int sign = learned.terms().get(i).sign();
            if (learned.axis() >= 0) {
                // One temporary for all terms: memory that goes back to the system is slow to get again.
                sum = i == 0
                        ? "torch.mul(" + value + ", " + of + ")"
                        : "torch.addcmul_(" + sum + ", " + value + ", " + of + ", value=" + sign + ")";
            } else {
                String product = "(self)." + INNER + "(" + value + ", " + of + ")";
                sum = i == 0 ? product : "torch.add(" + sum + ", " + product + ", alpha=" + sign + ")";
            }
        }
        if (learned.axis() >= 0) {
            String others = IntStream.range(0, learned.rank())
                    .filter(axis -> axis != learned.axis())
                    .mapToObj(String::valueOf)
                    .collect(Collectors.joining(", "));
            // Over no axes libtorch sums all.
            sum = others.isEmpty() ? sum : "torch.sum(" + sum + ", [" + others + "])";
        }
        return "torch.mul(torch.div(" + sum + ", " + scale + "), " + learned.factor() + ")";
    }

    /** The method that the text of {@link #write} calls, for a class body. */
    static String method() {
        ScriptLines script = new ScriptLines(2);
        // Behind layers of 16 bits they are in 16 bits.
        script.line("c = torch.to(a, " + FLOAT32 + ")");
        script.line("d = torch.to(b, " + FLOAT32 + ")");
        script.open("if torch.eq(torch.dim(a), " + SPATIAL_RANK + ")");
        script.open("if torch.__not__(torch.is_contiguous(a))");
        // Convolutions leave the channels last in memory: in this order it is a view.
        script.line("c = torch.permute(c, [0, 2, 3, 1])");
        script.line("d = torch.permute(d, [0, 2, 3, 1])");
        script.close();
        script.close();
        script.line("return torch.dot(torch.reshape(c, [-1]), torch.reshape(d, [-1]))");
        return "  def " + INNER + "(self: __torch__." + GraphScript.CLASS + ", a: Tensor, b: Tensor) -> Tensor:\n"
                + script;
    }
}

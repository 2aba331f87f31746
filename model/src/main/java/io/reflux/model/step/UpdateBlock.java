package io.reflux.model.step;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Text of all that follows the backward pass of a step: gather gradients, accumulate, unscale, clip, update, average.
 *
 * <p>In scope: {@code gradients} of the parameters, {@code loss}, {@code hyper} as {@link StepScript} says, and the
 * arguments of {@link #signature}. It leaves two bool tensors: {@code skipped}, and {@code finite}, whether loss and gradients are.
 */
final class UpdateBlock {

    private final StepOptions options;
    private final UpdateRule rule;
    private final List<ParameterGroup> groups;

    UpdateBlock(StepOptions options, UpdateRule rule, List<ParameterGroup> groups) {
        this.options = options;
        this.rule = rule;
        this.groups = groups;
    }

    /** What the step's method takes for the update, in the order of {@link TrainedTensors}. */
    String signature() {
        StringBuilder text = new StringBuilder();
        for (ParameterGroup group : groups) {
            text.append(list(group.list("w")));
            for (int j = 0; j < rule.moments(); j++) {
                text.append(list(group.moments(j)));
            }
            if (options.accumulates()) {
                text.append(list(group.list("a")));
            }
            if (options.averages()) {
                text.append(list(group.list("e")));
            }
        }
        return text.append(options.scalesLoss() ? ", scale: Tensor, growth: Tensor" : "")
                .toString();
    }

    void write(ScriptLines script) {
        script.line("_1 = torch.set_grad_enabled(False)");
        groups.forEach(group -> gather(script, group));
        script.line("like = torch.detach(loss)");
        script.line("finite = torch.isfinite(like)");
        script.line("skipped = torch.zeros_like(finite)");
        if (options.accumulates()) {
            accumulate(script);
        } else {
            update(script, "g");
        }
    }

    /**
     * Puts the gradients of a group into a list of its own. The fused kernels pair weights and gradients by their places
     * in memory, whatever the strides say: gradients of convolutions come with the channels last, weights never do.
     */
    private static void gather(ScriptLines script, ParameterGroup group) {
        String list = group.list("g");
        script.line(list + " = annotate(List[Tensor], [])");
        for (int i : group.members()) {
            script.line("d" + i + " = gradients[" + i + "]");
            script.line(
                    "_d" + i + " = torch.append(" + list + ", torch.contiguous(unchecked_cast(Tensor, d" + i + ")))");
        }
    }

    /** Adds gradients, weighted by what they are means over; with the last batch of an update, makes it. */
    private void accumulate(ScriptLines script) {
        script.open("if bool(finite)");
        for (ParameterGroup group : groups) {
            script.line("torch._foreach_add_(" + group.list("a") + ", " + group.list("g")
                    + ", alpha=float(torch.select(hyper, 0, 2)))");
        }
        script.open("if torch.gt(float(torch.select(hyper, 0, 4)), 0.)");
        update(script, "a");
        groups.forEach(group -> script.line("torch._foreach_zero_(" + group.list("a") + ")"));
        script.close();
        script.close();
    }

    private void update(ScriptLines script, String gradients) {
        String divisor = divide(script, gradients);
        // What is not finite must not reach the weights: the caller learns it from the result.
        script.open("if bool(finite)");
        script.line("lr = float(torch.select(hyper, 0, 0))");
        script.line("t = float(torch.select(hyper, 0, 1))");
        for (ParameterGroup group : groups) {
            rule.write(script, group, group.list(gradients), divisor);
            if (options.averages()) {
                script.line("torch._foreach_lerp_(" + group.list("e") + ", " + group.list("w")
                        + ", float(torch.select(hyper, 0, 5)))");
            }
        }
        script.close();
        script.line("skipped = torch.logical_not(finite)");
        if (options.scalesLoss()) {
            script.line("_s = torch._amp_update_scale_(scale, growth, torch.to(skipped, 6), " + Scaling.GROWTH + ", "
                    + Scaling.BACKOFF + ", " + Scaling.GROWTH_INTERVAL + ")");
        }
    }

    /**
     * Leaves what the gradients are to be divided by, so that the update's own pass does it: the loss scale, the
     * positions they were summed over, and how far their norm is above the largest allowed.
     */
    private String divide(ScriptLines script, String gradients) {
        if (!options.scalesLoss() && !options.accumulates() && !options.clips()) {
            return "None";
        }
        script.line("divisor = " + (options.scalesLoss() ? "torch.clone(scale)" : "torch.ones_like(like)"));
        if (options.accumulates()) {
            script.line("divisor = torch.mul(divisor, float(torch.select(hyper, 0, 3)))");
        }
        if (options.scalesLoss() || options.clips()) {
            String norms = groups.stream()
                    .map(group -> "torch.stack(torch._foreach_norm(" + group.list(gradients) + "))")
                    .collect(Collectors.joining(", "));
            script.line("norm = torch.norm(torch.cat([" + norms + "]))");
            script.line("finite = torch.logical_and(finite, torch.isfinite(norm))");
        }
        if (options.clips()) {
            script.line("divisor = torch.maximum(divisor, torch.div(norm, " + options.clipNorm() + "))");
        }
        return "divisor";
    }

    private static String list(String name) {
        return ", " + name + ": List[Tensor]";
    }
}

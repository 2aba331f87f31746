package io.reflux.model.step;

import io.reflux.model.graph.GraphTensor;
import java.util.List;

/**
 * Text of the update. In scope: {@code p} (parameters), {@code g} (their gradients), {@code m0} and {@code m1} (the
 * moments) as {@code List[Tensor]}, {@code lr} as float, {@code hyper} (learning rate, then the optimiser's scalars).
 *
 * <p>In-place list operators must be given the argument lists themselves: libtorch's JIT removes them, without a
 * word, when their first argument is a list made inside the script, even one of aliases.
 */
final class UpdateScript {

    private static final String INDENT = "      ";

    private final StringBuilder text = new StringBuilder();
    private final List<GraphTensor> parameters;

    UpdateScript(List<GraphTensor> parameters) {
        this.parameters = parameters;
    }

    UpdateScript line(String statement) {
        text.append(INDENT).append(statement).append('\n');
        return this;
    }

    /** {@code g ← g + weightDecay · p} where weight decay acts. */
    void addDecayToGradients(double weightDecay) {
        if (weightDecay == 0) {
            return;
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (decays(i)) {
                line("_d" + i + " = torch._set_item(g, " + i + ", torch.add(g[" + i + "], p[" + i + "], alpha="
                        + weightDecay + "))");
            }
        }
    }

    /** {@code p ← p · (1 − lr · weightDecay)} where weight decay acts. */
    void shrinkParameters(double weightDecay) {
        if (weightDecay == 0) {
            return;
        }
        line("shrink = torch.sub(1., torch.mul(lr, " + weightDecay + "))");
        StringBuilder factors = new StringBuilder();
        for (int i = 0; i < parameters.size(); i++) {
            factors.append(i == 0 ? "" : ", ").append(decays(i) ? "shrink" : "1.");
        }
        line("torch._foreach_mul_(p, annotate(List[number], [" + factors + "]))");
    }

    String text() {
        return text.toString();
    }

    private boolean decays(int parameter) {
        return parameters.get(parameter).shape().length >= 2;
    }
}

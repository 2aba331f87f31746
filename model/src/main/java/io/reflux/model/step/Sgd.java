package io.reflux.model.step;

/**
 * Stochastic gradient descent with momentum:
 *
 * <pre>
 * g ← gradient + weightDecay · parameter
 * m ← momentum · m + g
 * parameter ← parameter − learningRate · (nesterov ? g + momentum · m : m)
 * </pre>
 *
 * <p>Momentum after Sutskever et al. 2013, without dampening, as PyTorch has it.
 *
 * @param momentum in [0, 1)
 * @param nesterov whether the step looks ahead; needs momentum &gt; 0
 * @param weightDecay L2 coefficient, &ge; 0
 */
public record Sgd(double momentum, boolean nesterov, double weightDecay) implements Optimizer {

    public Sgd {
        Ranges.requireFraction("momentum", momentum);
        Ranges.require("nesterov with momentum", momentum, !nesterov || momentum > 0, "momentum > 0");
        Ranges.requireNonNegative("weightDecay", weightDecay);
    }
}

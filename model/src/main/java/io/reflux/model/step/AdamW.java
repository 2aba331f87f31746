package io.reflux.model.step;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2; Kingma and Ba 2015):
 *
 * <pre>
 * parameter ← parameter · (1 − learningRate · weightDecay)
 * m ← beta1 · m + (1 − beta1) · gradient
 * v ← beta2 · v + (1 − beta2) · gradient²
 * parameter ← parameter − learningRate · m / (1 − beta1ᵗ) / (√(v / (1 − beta2ᵗ)) + epsilon)
 * </pre>
 *
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon &gt; 0
 * @param weightDecay &ge; 0
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {

    public AdamW {
        Ranges.requireFraction("beta1", beta1);
        Ranges.requireFraction("beta2", beta2);
        Ranges.requirePositive("epsilon", epsilon);
        Ranges.requireNonNegative("weightDecay", weightDecay);
    }

    /** The paper's defaults, with this weight decay. */
    public static AdamW withWeightDecay(double weightDecay) {
        return new AdamW(0.9, 0.999, 1e-8, weightDecay);
    }
}

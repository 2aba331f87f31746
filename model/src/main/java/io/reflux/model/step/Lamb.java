package io.reflux.model.step;

/**
 * LAMB, Adam with a rate for each tensor that suits large batches (You et al. 2020, arXiv:1904.00962, algorithm 2):
 *
 * <pre>
 * m ← beta1 · m + (1 − beta1) · gradient
 * v ← beta2 · v + (1 − beta2) · gradient²
 * u ← m / (1 − beta1ᵗ) / (√(v / (1 − beta2ᵗ)) + epsilon) + weightDecay · parameter
 * parameter ← parameter − learningRate · ‖parameter‖ / ‖u‖ · u
 * </pre>
 *
 * <p>The ratio of the norms is 1 where either is 0, and on parameters on which weight decay does not act: a bias that
 * starts at 0 would hardly move.
 *
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon &gt; 0
 * @param weightDecay &ge; 0
 */
public record Lamb(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {

    public Lamb {
        Ranges.requireFraction("beta1", beta1);
        Ranges.requireFraction("beta2", beta2);
        Ranges.requirePositive("epsilon", epsilon);
        Ranges.requireNonNegative("weightDecay", weightDecay);
    }
}

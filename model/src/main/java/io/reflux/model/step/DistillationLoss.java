package io.reflux.model.step;

/**
 * The loss of knowledge distillation (Hinton et al. 2015, arXiv:1503.02531, sec. 2), a mean over the positions that count:
 *
 * <pre>
 * softLossWeight · T² · KL(softmax(teacherLogits / T) ‖ softmax(studentLogits / T))
 *   + hardLossWeight · crossEntropy(studentLogits, hardLabels)
 * </pre>
 *
 * <p>A position is a sample, or a token of a sequence whose model gives logits for each; it counts when it has a label.
 *
 * <p>The factor T² keeps the gradient of the soft part at the scale of the hard part whatever the temperature.
 *
 * @param temperature T, finite and &gt; 0
 * @param softLossWeight weight of the soft part, finite and &ge; 0; 0 trains without a teacher
 * @param hardLossWeight weight of the hard part, finite and &ge; 0
 */
public record DistillationLoss(double temperature, double softLossWeight, double hardLossWeight) {

    /** Cross-entropy on hard labels alone. */
    public static final DistillationLoss HARD_LABELS = new DistillationLoss(1, 0, 1);

    public DistillationLoss {
        Ranges.requirePositive("temperature", temperature);
        Ranges.requireNonNegative("softLossWeight", softLossWeight);
        Ranges.requireNonNegative("hardLossWeight", hardLossWeight);
        if (softLossWeight == 0 && hardLossWeight == 0) {
            throw new IllegalArgumentException("softLossWeight and hardLossWeight: both 0 (expected: one > 0)");
        }
    }

    /** Whether a step needs the teacher's logits. */
    public boolean needsTeacher() {
        return softLossWeight > 0;
    }
}

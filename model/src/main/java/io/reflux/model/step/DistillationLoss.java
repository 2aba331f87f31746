package io.reflux.model.step;

import java.util.List;

/**
 * The loss of knowledge distillation (Hinton et al. 2015, arXiv:1503.02531, sec. 2), a mean over the positions that count:
 *
 * <pre>
 * softLossWeight · T² · KL(softmax(teacherLogits / T) ‖ softmax(studentLogits / T))
 *   + hardLossWeight · crossEntropy(studentLogits, hardLabels) + hints
 * </pre>
 *
 * <p>A position is a sample, or a token of a sequence whose model gives logits for each; it counts when it has a label.
 *
 * <p>The factor T² keeps the gradient of the soft part at the scale of the hard part whatever the temperature.
 *
 * @param temperature T, finite and &gt; 0
 * @param softLossWeight weight of the soft part, finite and &ge; 0; 0 trains without a teacher
 * @param hardLossWeight weight of the hard part, finite and &ge; 0
 * @param hints what else the student matches, means over all samples of the batch; may be empty
 */
public record DistillationLoss(double temperature, double softLossWeight, double hardLossWeight, List<HintLoss> hints) {

    /** Cross-entropy on hard labels alone. */
    public static final DistillationLoss HARD_LABELS = new DistillationLoss(1, 0, 1);

    public DistillationLoss {
        hints = List.copyOf(hints);
        Ranges.requirePositive("temperature", temperature);
        Ranges.requireNonNegative("softLossWeight", softLossWeight);
        Ranges.requireNonNegative("hardLossWeight", hardLossWeight);
        if (softLossWeight == 0 && hardLossWeight == 0) {
            throw new IllegalArgumentException("softLossWeight and hardLossWeight: both 0 (expected: one > 0)");
        }
    }

    /** Without hints. */
    public DistillationLoss(double temperature, double softLossWeight, double hardLossWeight) {
        this(temperature, softLossWeight, hardLossWeight, List.of());
    }

    /** The same with other hints. */
    public DistillationLoss withHints(List<HintLoss> others) {
        return new DistillationLoss(temperature, softLossWeight, hardLossWeight, others);
    }

    /** Whether a step needs the teacher's logits. */
    public boolean needsTeacher() {
        return softLossWeight > 0;
    }
}

package io.reflux.model.step;

/**
 * What one training step reports, computed before its update.
 *
 * @param loss the weighted sum that was minimised, a mean over the positions that count
 * @param softLoss T² · KL(teacher ‖ student), 0 without a teacher
 * @param hardLoss cross-entropy on the hard labels
 * @param counted positions that count: those with a label
 * @param correct of these, those whose largest logit is their label
 * @param agreeing of these, those whose largest logit is also the teacher's, 0 without a teacher
 * @param skipped whether an update was due but not made, because gradients were not finite: in fp16 the way to find the
 *     loss scale
 * @param lossScale what the loss was multiplied by before the backward pass; 1 but in fp16
 * @param hintLoss weighted sum of the hints' losses, 0 without hints
 */
public record StepResult(
        double loss,
        double softLoss,
        double hardLoss,
        int counted,
        int correct,
        int agreeing,
        boolean skipped,
        double lossScale,
        double hintLoss) {}

package io.reflux.model.step;

/**
 * What one training step reports, computed before its update.
 *
 * @param loss the weighted sum that was minimised, a mean over the batch
 * @param softLoss T² · KL(teacher ‖ student), 0 without a teacher
 * @param hardLoss cross-entropy on the hard labels
 * @param correct samples whose largest logit is their label
 * @param agreeing samples whose largest logit is also the teacher's, 0 without a teacher
 */
public record StepResult(double loss, double softLoss, double hardLoss, int correct, int agreeing) {}

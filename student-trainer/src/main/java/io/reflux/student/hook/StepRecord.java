package io.reflux.student.hook;

/**
 * One step of training.
 *
 * @param stage index of the stage, from 0
 * @param epoch index of the epoch in the stage, from 0
 * @param step index of the step in the stage, from 0
 * @param rows samples of the step
 * @param positions labels of the step that count: one for each sample, or for each of its tokens
 * @param loss weighted sum of soft, hard and hint loss, mean over the positions
 * @param softLoss soft loss, already times T^2; 0 without a teacher
 * @param hardLoss cross-entropy with the hard labels
 * @param hintLoss weighted sum of the hints' losses, mean over the samples; 0 without hints
 * @param correct positions whose largest logit is at their label
 * @param agreeing positions whose largest logit is at the teacher's largest; 0 without a teacher
 * @param distilled whether soft labels were used
 * @param learningRate rate of this step
 * @param skipped whether an update was due but not made, because gradients were not finite
 * @param lossScale what the loss was multiplied by before the backward pass; 1 but in fp16
 * @param computeNanos time the step itself took
 * @param loadingNanos time the step waited for its samples to be rendered before it could begin
 * @param waitedNanos time the step waited for soft labels before it could begin
 * @param elapsedNanos time since the step before ended: waiting, computing and all else
 */
public record StepRecord(
        int stage,
        int epoch,
        long step,
        int rows,
        int positions,
        double loss,
        double softLoss,
        double hardLoss,
        double hintLoss,
        int correct,
        int agreeing,
        boolean distilled,
        double learningRate,
        boolean skipped,
        double lossScale,
        long computeNanos,
        long loadingNanos,
        long waitedNanos,
        long elapsedNanos) {}

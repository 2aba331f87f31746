package io.reflux.student.hook;

import io.reflux.student.sample.Score;
import org.jspecify.annotations.Nullable;

/**
 * One finished epoch. Means are over its positions (samples, or their tokens where each has a label), as they were seen in training: augmented, with dropout, with the
 * weights of their step.
 *
 * @param stage index of the stage, from 0
 * @param epoch index of the epoch in the stage, from 0
 * @param loss mean loss
 * @param softLoss mean soft loss; 0 without a teacher
 * @param hardLoss mean cross-entropy with the hard labels
 * @param trainAccuracy share of correct samples, in [0, 1]
 * @param agreement share of samples with the teacher's largest class, in [0, 1]; null without a teacher
 * @param validationAccuracy share of correct validation samples with the weights at the end of the epoch, in [0, 1]; null
 *     when no samples are kept for validation
 * @param validationLoss mean cross-entropy of the same in nats; null likewise
 * @param learningRate rate of the last step
 * @param samples samples trained on
 * @param seconds time of the steps, without validation
 * @param waitingSeconds time waited for soft labels
 */
public record EpochRecord(
        int stage,
        int epoch,
        double loss,
        double softLoss,
        double hardLoss,
        double trainAccuracy,
        @Nullable Double agreement,
        @Nullable Double validationAccuracy,
        @Nullable Double validationLoss,
        double learningRate,
        long samples,
        double seconds,
        double waitingSeconds) {
    private static final double NANOS = 1e9;

    /** Returns the record of an epoch with at least one sample. */
    public static EpochRecord of(StepRecord last, EpochTotals totals, @Nullable Score validation) {
        double positions = totals.positions();
        return new EpochRecord(
                last.stage(),
                last.epoch(),
                totals.loss() / positions,
                totals.softLoss() / positions,
                totals.hardLoss() / positions,
                totals.correct() / positions,
                last.distilled() ? totals.agreeing() / positions : null,
                validation == null ? null : (Double) validation.accuracy(),
                validation == null ? null : (Double) validation.loss(),
                last.learningRate(),
                totals.rows(),
                totals.elapsedNanos() / NANOS,
                totals.waitedNanos() / NANOS);
    }

    /** Returns the samples of a second; 0 when no time passed. */
    public double samplesPerSecond() {
        return seconds > 0 ? samples / seconds : 0;
    }

    /** Returns the share of the time in which the step waited for soft labels, in [0, 1]. */
    public double waitingShare() {
        return seconds > 0 ? waitingSeconds / seconds : 0;
    }
}

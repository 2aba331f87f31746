package io.reflux.student.progress;

import io.reflux.student.source.SourceState;
import org.jspecify.annotations.Nullable;

/**
 * How far a run is.
 *
 * @param stage index of the stage, from 0
 * @param numStages stages of the recipe
 * @param kind {@code distil} or {@code train}
 * @param epoch index of the epoch, from 0
 * @param epochs epochs of the stage
 * @param stepInEpoch steps done in the epoch
 * @param stepsPerEpoch steps of an epoch
 * @param loss mean loss of the epoch so far
 * @param accuracy share of correct training samples in the epoch so far, in [0, 1]
 * @param samplesPerSecond samples a second in the last seconds
 * @param waitingShare share of the last seconds in which the step waited for the teacher, in [0, 1]
 * @param etaSeconds time to the end of the stage, negative when unknown
 * @param source how the source of soft labels stands, null without one
 */
record ProgressSnapshot(
        int stage,
        int numStages,
        String kind,
        int epoch,
        int epochs,
        int stepInEpoch,
        int stepsPerEpoch,
        double loss,
        double accuracy,
        double samplesPerSecond,
        double waitingShare,
        double etaSeconds,
        @Nullable SourceState source) {
    double done() {
        return stepsPerEpoch == 0 ? 0 : (double) stepInEpoch / stepsPerEpoch;
    }
}

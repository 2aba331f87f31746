package io.reflux.student.hook;

/**
 * A stage begins or goes on.
 *
 * @param stage its index, from 0
 * @param numStages stages of the recipe
 * @param kind {@code distil} or {@code train}
 * @param epochs epochs of the stage
 * @param batchesPerEpoch steps of an epoch
 * @param samplesPerEpoch samples of an epoch
 * @param firstStep the step it goes on with; 0 unless the run is resumed
 */
public record StageStart(
        int stage, int numStages, String kind, int epochs, int batchesPerEpoch, long samplesPerEpoch, long firstStep) {
    /** Returns the steps of the whole stage. */
    public long steps() {
        return (long) epochs * batchesPerEpoch;
    }
}

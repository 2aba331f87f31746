package io.reflux.student.hook;

/**
 * Listens to a run. All calls come from the training thread, in order, so a hook must be quick; what it throws ends the
 * run.
 */
public interface StepHook {
    /** A stage begins or goes on. */
    default void onStage(StageStart start) {}

    /** A step is done. */
    default void onStep(StepRecord step) {}

    /** An epoch is done and validated. */
    default void onEpoch(EpochRecord epoch) {}

    /** The run is over, well or not; called once. */
    default void onEnd() {}
}

package io.reflux.student.training;

import io.reflux.student.hook.EpochTotals;

/** Where a stage may be broken off and resumed. Called from the training thread. */
public interface StageListener {
    /**
     * All steps before {@code nextStep} are in the weights.
     *
     * @param nextStep the step to go on with
     * @param partial sums over the unfinished epoch's steps
     * @param occasion why it is told
     */
    void onResumePoint(long nextStep, EpochTotals partial, Occasion occasion);

    /** Why a stage may be resumed here. */
    enum Occasion {
        /** A step of an epoch was made that is not its last. */
        STEP,
        /** An epoch ends. */
        EPOCH,
        /** The run ends here because it was asked to. */
        STOP
    }
}

package io.reflux.student.training;

import io.reflux.student.hook.EpochTotals;

/** Where a stage may be broken off and resumed. Called from the training thread. */
public interface StageListener {
    /**
     * All steps before {@code nextStep} are in the weights.
     *
     * @param nextStep the step to go on with
     * @param partial sums over the unfinished epoch's steps
     * @param stopping whether the run ends here because it was asked to
     */
    void onResumePoint(long nextStep, EpochTotals partial, boolean stopping);
}

package io.reflux.student.hook;

/**
 * Sums over the steps of an epoch. A checkpoint in mid-epoch keeps them, so a resumed run tells the same history.
 *
 * @param rows samples
 * @param loss sum over samples of the loss
 * @param softLoss sum over samples of the soft loss
 * @param hardLoss sum over samples of the hard loss
 * @param correct correct samples
 * @param agreeing samples on which student and teacher agree
 * @param waitedNanos time waited for soft labels
 * @param elapsedNanos time of all steps
 */
public record EpochTotals(
        long rows,
        double loss,
        double softLoss,
        double hardLoss,
        long correct,
        long agreeing,
        long waitedNanos,
        long elapsedNanos) {
    /** No steps yet. */
    public static final EpochTotals NONE = new EpochTotals(0, 0, 0, 0, 0, 0, 0, 0);

    /** Returns these sums with one more step. */
    public EpochTotals plus(StepRecord step) {
        return new EpochTotals(
                rows + step.rows(),
                loss + step.loss() * step.rows(),
                softLoss + step.softLoss() * step.rows(),
                hardLoss + step.hardLoss() * step.rows(),
                correct + step.correct(),
                agreeing + step.agreeing(),
                waitedNanos + step.waitedNanos(),
                elapsedNanos + step.elapsedNanos());
    }
}

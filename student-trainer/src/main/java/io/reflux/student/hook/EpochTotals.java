package io.reflux.student.hook;

/**
 * Sums over the steps of an epoch. A checkpoint in mid-epoch keeps them, so a resumed run tells the same history.
 *
 * @param rows samples
 * @param positions labels that count: one for each sample, or for each of its tokens
 * @param loss sum over positions of the loss
 * @param softLoss sum over positions of the soft loss
 * @param hardLoss sum over positions of the hard loss
 * @param correct correct positions
 * @param agreeing positions on which student and teacher agree
 * @param waitedNanos time waited for soft labels
 * @param elapsedNanos time of all steps
 */
public record EpochTotals(
        long rows,
        long positions,
        double loss,
        double softLoss,
        double hardLoss,
        long correct,
        long agreeing,
        long waitedNanos,
        long elapsedNanos) {
    /** No steps yet. */
    public static final EpochTotals NONE = new EpochTotals(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Returns these sums with one more step. */
    public EpochTotals plus(StepRecord step) {
        return new EpochTotals(
                rows + step.rows(),
                positions + step.positions(),
                loss + step.loss() * step.positions(),
                softLoss + step.softLoss() * step.positions(),
                hardLoss + step.hardLoss() * step.positions(),
                correct + step.correct(),
                agreeing + step.agreeing(),
                waitedNanos + step.waitedNanos(),
                elapsedNanos + step.elapsedNanos());
    }
}

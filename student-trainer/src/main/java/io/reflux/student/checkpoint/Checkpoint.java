package io.reflux.student.checkpoint;

import io.reflux.model.step.TrainState;
import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.EpochTotals;
import io.reflux.student.ledger.Ledger;
import java.util.List;

/**
 * Everything a run needs to go on bit for bit.
 *
 * @param recipeDigest {@link io.reflux.student.recipe.Recipe#digest()} of the run
 * @param teacherDigest SHA-256 of the teacher's model, or empty when no labels have been asked for yet
 * @param stage index of the stage
 * @param nextStep the step of that stage to go on with; the sampler is a pure function of it
 * @param partial sums over the unfinished epoch's steps
 * @param history the finished epochs of all stages
 * @param state weights, running statistics and the optimiser's moments
 * @param ledger the batches that are in the weights
 */
public record Checkpoint(
        String recipeDigest,
        String teacherDigest,
        int stage,
        long nextStep,
        EpochTotals partial,
        List<EpochRecord> history,
        TrainState state,
        Ledger ledger) {
    /** Copies the list. */
    public Checkpoint {
        history = List.copyOf(history);
    }
}

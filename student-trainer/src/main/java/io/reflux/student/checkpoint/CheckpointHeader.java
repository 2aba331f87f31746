package io.reflux.student.checkpoint;

import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.EpochTotals;
import java.util.List;

/**
 * What a checkpoint file says before its tensors, as JSON.
 *
 * @param recipeDigest digest of the recipe
 * @param teacherDigest digest of the teacher, or empty
 * @param stage index of the stage
 * @param nextStep step to go on with
 * @param partial sums over the unfinished epoch
 * @param history finished epochs
 * @param updates updates made by the optimiser
 * @param pendingBatches batches summed for the next update
 * @param pendingPositions positions that count in these
 * @param ledgerBytes length of the ledger, which follows the tensors
 * @param tensors names and lengths of the tensors that follow, in order
 */
record CheckpointHeader(
        String recipeDigest,
        String teacherDigest,
        int stage,
        long nextStep,
        EpochTotals partial,
        List<EpochRecord> history,
        long updates,
        int pendingBatches,
        long pendingPositions,
        int ledgerBytes,
        List<Entry> tensors) {
    /** One tensor of float32. */
    record Entry(String name, int length) {}
}

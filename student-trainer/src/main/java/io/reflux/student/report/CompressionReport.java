package io.reflux.student.report;

import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.student.hook.EpochRecord;
import io.reflux.student.ledger.LedgerSummary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run was worth. Everything about models is measured on reloaded files.
 *
 * @param name name of the recipe
 * @param recipeDigest what decides the weights, as one digest
 * @param dataSet name of the data set
 * @param languageModel whether each token of a sample is predicted, so that perplexity is what counts
 * @param student the exported file on the test set
 * @param studentFile its path
 * @param studentBytes its size on disk
 * @param teacher the teacher on the test set, null without one, or where it could not be measured
 * @param teacherBytes size of the teacher's file, null when it is not known
 * @param teacherFault why the teacher could not be measured, null if it was, or there is none
 * @param agreement share of test samples on which student and teacher agree, in [0, 1]; null where the teacher was
 *     not measured
 * @param compressionRatio teacher's bytes / student's bytes, null when unknown
 * @param samplesPerSecond samples trained on a second, without validation
 * @param waitingShare share of the training time in which the step waited for soft labels, in [0, 1]
 * @param labelBytes bytes of soft labels received over the wire
 * @param reconnects connections made again
 * @param ledger which batches are in the weights, and who labelled them
 * @param fidelity a quantised file's logits against those of the graph that was trained, null for one in floats
 * @param trainingSeconds time of the steps
 * @param totalSeconds time of the whole run, of this process
 * @param seed seed of the recipe
 * @param dataSeed seed of the data
 * @param device device of the training
 * @param history every epoch
 */
public record CompressionReport(
        String name,
        String recipeDigest,
        String dataSet,
        boolean languageModel,
        Evaluation student,
        String studentFile,
        long studentBytes,
        @Nullable Evaluation teacher,
        @Nullable Long teacherBytes,
        @Nullable String teacherFault,
        @Nullable Double agreement,
        @Nullable Double compressionRatio,
        double samplesPerSecond,
        double waitingShare,
        long labelBytes,
        long reconnects,
        LedgerSummary ledger,
        @Nullable Fidelity fidelity,
        double trainingSeconds,
        double totalSeconds,
        long seed,
        long dataSeed,
        String device,
        List<EpochRecord> history) {
    /** Copies the list. */
    public CompressionReport {
        history = List.copyOf(history);
    }
}

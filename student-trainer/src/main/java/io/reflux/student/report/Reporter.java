package io.reflux.student.report;

import io.reflux.data.DataSplits;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.source.SoftLabelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Measures an exported student, and its teacher when there is one, and writes it all down. */
public final class Reporter {
    private Reporter() {}

    /**
     * Measures.
     *
     * @param recipe what was asked for
     * @param splits whose test set is used
     * @param file the exported student; it is loaded anew
     * @param teacher answers for the test set, null without a teacher or where its file is run
     * @param teacherFile the teacher's file, null when it is not known
     * @param localTeacher whether to run the teacher's file for its answers
     * @param facts what training knows of itself
     */
    public static CompressionReport measure(
            Recipe recipe,
            DataSplits splits,
            Path file,
            @Nullable SoftLabelSource teacher,
            @Nullable Path teacherFile,
            boolean localTeacher,
            RunFacts facts) {
        Evaluator evaluator = new Evaluator(splits);
        Predictions student = evaluator.predictions(file);
        Predictions taught = teacher != null
                ? evaluator.predictions(teacher)
                : localTeacher && teacherFile != null ? evaluator.predictions(teacherFile) : null;
        long studentBytes = bytes(file);
        Long teacherBytes = teacherFile == null ? null : (Long) bytes(teacherFile);
        return new CompressionReport(
                recipe.name(),
                recipe.digest(),
                splits.test().name(),
                splits.test().positions() > 1,
                student.evaluation(),
                file.toString(),
                studentBytes,
                taught == null ? null : taught.evaluation(),
                teacherBytes,
                taught == null ? null : (Double) student.agreement(taught),
                teacherBytes == null ? null : (Double) ((double) teacherBytes / studentBytes),
                facts.samplesPerSecond(),
                facts.waitingShare(),
                facts.labelBytes(),
                facts.reconnects(),
                facts.ledger(),
                facts.fidelity(),
                facts.trainingSeconds(),
                facts.totalSeconds(),
                recipe.seed(),
                recipe.data().seed(),
                recipe.device(),
                facts.history());
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new TrainingFailure(TrainingFailure.Code.RESOURCE, file + ": absent (expected: a model file)", e);
        }
    }
}

package io.reflux.student.report;

import io.reflux.data.DataSplits;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.source.SoftLabelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Measures an exported student, and its teacher when there is one, and writes it all down. */
public final class Reporter {
    private Reporter() {}

    /**
     * Measures. A teacher that cannot be measured is no fault of the run, which is over: the report says why instead.
     *
     * @param recipe what was asked for
     * @param splits whose test set is used
     * @param file the exported student; it is loaded anew
     * @param teacher opens what answers for the test set and is closed here; it gives null without a teacher or where its
     *     file is run
     * @param teacherFile the teacher's file, null when it is not known
     * @param localTeacher whether to run the teacher's file for its answers
     * @param facts what training knows of itself
     */
    public static CompressionReport measure(
            Recipe recipe,
            DataSplits splits,
            Path file,
            Supplier<? extends @Nullable SoftLabelSource> teacher,
            @Nullable Path teacherFile,
            boolean localTeacher,
            RunFacts facts) {
        Evaluator evaluator = new Evaluator(splits);
        Predictions student = evaluator.predictions(file);
        MeasuredTeacher measured = MeasuredTeacher.of(evaluator, teacher, localTeacher ? teacherFile : null);
        Predictions taught = measured.predictions();
        long studentBytes = bytes(file);
        Long teacherBytes = teacherFile == null || !Files.exists(teacherFile) ? null : (Long) bytes(teacherFile);
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
                measured.fault(),
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

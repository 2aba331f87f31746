package io.reflux.student.report;

import io.reflux.student.source.SoftLabelSource;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A teacher on the test set.
 *
 * @param predictions what it answered; null without a teacher, or with a fault
 * @param fault why it could not be measured, in one line; null if it was, or there is none
 */
record MeasuredTeacher(
        @Nullable Predictions predictions, @Nullable String fault) {
    /**
     * Measures.
     *
     * @param source opens what answers, and is closed here; it gives null where nothing is to be asked
     * @param file run where nothing is asked; null for none
     */
    static MeasuredTeacher of(
            Evaluator evaluator, Supplier<? extends @Nullable SoftLabelSource> source, @Nullable Path file) {
        try (SoftLabelSource teacher = source.get()) {
            if (teacher != null) {
                return new MeasuredTeacher(evaluator.predictions(teacher), null);
            }
            return new MeasuredTeacher(file == null ? null : evaluator.predictions(file), null);
        } catch (RuntimeException e) {
            // Whatever it is: the student is trained, and its report does not fail with somebody else.
            String message = e.getMessage() == null ? "" : e.getMessage();
            return new MeasuredTeacher(
                    null, message.lines().findFirst().orElse(e.getClass().getSimpleName()));
        }
    }
}

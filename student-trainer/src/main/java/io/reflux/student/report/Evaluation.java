package io.reflux.student.report;

import java.util.List;

/**
 * What a model is worth on a test set.
 *
 * @param digest SHA-256 of the model, 64 hexadecimal digits
 * @param samples samples it was shown
 * @param errors samples whose largest logit is not at their label
 * @param accuracy {@code 1 - errors / samples}, in [0, 1]
 * @param errorsByClass errors by true class
 */
public record Evaluation(String digest, long samples, long errors, double accuracy, List<Long> errorsByClass) {
    /** Copies the list. */
    public Evaluation {
        errorsByClass = List.copyOf(errorsByClass);
    }
}

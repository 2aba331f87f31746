package io.reflux.student.report;

import java.util.List;

/**
 * What a model is worth on a test set. A sample with a label for each of its tokens counts once for each.
 *
 * @param digest SHA-256 of the model, 64 hexadecimal digits
 * @param samples samples it was shown, or tokens it was to predict
 * @param errors samples whose largest logit is not at their label
 * @param accuracy {@code 1 - errors / samples}, in [0, 1]
 * @param loss mean cross-entropy in nats
 * @param errorsByClass errors by true class
 */
public record Evaluation(
        String digest, long samples, long errors, double accuracy, double loss, List<Long> errorsByClass) {
    /** Copies the list. */
    public Evaluation {
        errorsByClass = List.copyOf(errorsByClass);
    }

    /** Returns {@code e^loss}: among how many equally likely classes the model as good as chooses. */
    public double perplexity() {
        return Math.exp(loss);
    }
}

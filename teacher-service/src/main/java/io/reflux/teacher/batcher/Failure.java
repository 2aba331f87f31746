package io.reflux.teacher.batcher;

/** Why a job has no logits. */
public enum Failure {
    /** The samples are not what the model takes. */
    INVALID,
    /** The model gave NaN or infinity. */
    NON_FINITE,
    /** The model threw. */
    MODEL_FAILED
}

package io.reflux.student.failure;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A run that cannot begin or go on. The message is one line that names the thing, its value and what was expected. */
public final class TrainingFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    /** What kind of failure it is. */
    public enum Code {
        /** The recipe is wrong, or asks for what the data or models cannot give. */
        RECIPE,
        /** The teacher and the student do not fit together: classes, sample shape, data-set fingerprint, encoding. */
        MISMATCH,
        /** The teacher cannot be reached, or stopped answering for good. */
        TEACHER_UNAVAILABLE,
        /** The teacher's certificate is not trusted, or certificate or token of the student are refused or unusable. */
        ACCESS,
        /** The teacher answered with labels that must not be trained on: non-finite or malformed. */
        BAD_LABELS,
        /** The teacher answers with another model than the run began with. */
        OTHER_MODEL,
        /** The loss became NaN or infinite. */
        DIVERGED,
        /** A checkpoint is missing, damaged or of another recipe. */
        CHECKPOINT,
        /** A file or port could not be used. */
        RESOURCE,
        /** The run was asked to stop; it can be resumed. */
        INTERRUPTED
    }

    /**
     * Makes a failure.
     *
     * @param code what kind it is
     * @param message one line for people
     */
    public TrainingFailure(Code code, String message) {
        this(code, message, null);
    }

    /**
     * Makes a failure with the exception that led to it.
     *
     * @param code what kind it is
     * @param message one line for people
     * @param cause kept for logs only; the message must stand without it
     */
    public TrainingFailure(Code code, String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message), cause);
        this.code = Objects.requireNonNull(code);
    }

    /** Returns what kind of failure it is. */
    public Code code() {
        return code;
    }
}

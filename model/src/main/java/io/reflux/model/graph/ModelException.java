package io.reflux.model.graph;

import java.util.Objects;

/**
 * A model, or the file that holds it, cannot be used. The message is one line for people: it names the file, the
 * thing inside it, the value found and the value expected.
 */
public final class ModelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What kind of failure it is, for callers that act on it. */
    public enum Code {
        /** The file is missing or cannot be read. */
        UNREADABLE,
        /** The bytes are not a consistent ONNX model. */
        MALFORMED,
        /** A valid model that needs something this version does not do. */
        UNSUPPORTED,
        /** Shapes inside the graph, or of what is handed to it, do not fit each other. */
        SHAPE_MISMATCH,
        /** A setting or an argument is out of range. */
        INVALID_ARGUMENT,
        /** The file cannot be written. */
        UNWRITABLE,
        /** The engine that runs the model refused it or failed. */
        ENGINE
    }

    private final Code code;

    /** @param message one line, without the file's stack of causes */
    public ModelException(Code code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** @param cause kept for logs; the message alone must be enough for people */
    public ModelException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    public Code code() {
        return code;
    }

    /** The same failure, its message led by where it happened: {@code where: message}. */
    public ModelException in(String where) {
        return new ModelException(code, where + ": " + getMessage(), this);
    }
}

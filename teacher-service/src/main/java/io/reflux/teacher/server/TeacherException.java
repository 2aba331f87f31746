package io.reflux.teacher.server;

/** A teacher service that cannot start. The message is one line for people. */
public final class TeacherException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Code {
        /** Another process listens on the port. */
        PORT_IN_USE,
        /** The address cannot be listened on. */
        CANNOT_LISTEN,
        /** Model and data set do not fit each other. */
        MISMATCH,
        /** Anything else that keeps the service from starting. */
        FAILED
    }

    private final Code code;

    TeacherException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What went wrong. */
    public Code code() {
        return code;
    }
}

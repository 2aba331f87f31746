package io.reflux.data;

import java.io.Serial;

/** A data set that cannot be used; the message is one line that names the file or set, the value and what was expected. */
public final class DataException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Code {
        /** No data set has this name. */
        UNKNOWN,
        /** A file or folder is not there. */
        MISSING,
        /** A file is there and cannot be read. */
        UNREADABLE,
        /** A file's content contradicts its format or another file. */
        CORRUPT,
        /** The set is sound but too small, or too large, for what was asked of it. */
        UNFIT
    }

    private final Code code;

    /** An error with its one-line message. */
    public DataException(Code code, String message) {
        super(message);
        this.code = code;
    }

    /** An error with its one-line message and what caused it. */
    public DataException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What is wrong. */
    public Code code() {
        return code;
    }
}

package io.reflux.teacher.cache;

/** A cache's folder cannot be used; the message names it and says what was expected. */
public final class CacheException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Code {
        /** The folder holds something else. */
        NOT_A_CACHE,
        /** It was written by another version. */
        FORMAT,
        /** Another process, or another cache of this one, has it open. */
        IN_USE,
        /** It cannot be read or written. */
        NOT_ACCESSIBLE
    }

    private final Code code;

    CacheException(Code code, String message) {
        super(message);
        this.code = code;
    }

    CacheException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}

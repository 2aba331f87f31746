package io.reflux.proto.encoding;

/** Soft labels that cannot be encoded or decoded. The message is one line for people. */
public final class EncodingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Code {
        /** The description of the encoding contradicts itself or names no encoding. */
        INVALID,
        /** The description is well-formed, but this version does not serve it. */
        UNSUPPORTED,
        /** The payload has another length than its rows and classes ask for. */
        LENGTH,
        /** A number is NaN or infinite. */
        NON_FINITE
    }

    private final Code code;

    EncodingException(Code code, String message) {
        super(message);
        this.code = code;
    }

    static EncodingException nonFinite(int index, int classes, float value) {
        return new EncodingException(
                Code.NON_FINITE,
                "logits[row " + index / classes + "][class " + index % classes + "]: " + value + " (expected: finite)");
    }

    /** What went wrong. */
    public Code code() {
        return code;
    }
}

package io.reflux.proto.encoding;

/** Soft labels that cannot be encoded or decoded. The message is one line for people. */
public final class EncodingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Code {
        /** The description of the encoding contradicts itself or names no encoding. */
        INVALID,
        /** The payload has another length than its rows and classes ask for. */
        LENGTH,
        /** The payload is not what the encoding writes. */
        MALFORMED,
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

    static EncodingException length(long bytes, String expected) {
        return new EncodingException(Code.LENGTH, "payload: " + bytes + " bytes (expected: " + expected + ")");
    }

    static EncodingException malformed(String message) {
        return new EncodingException(Code.MALFORMED, message);
    }

    static EncodingException outOfOrder(int index, int last, int classes) {
        return malformed("class: " + index + " (expected: above " + last + " and below " + classes + ")");
    }

    /** What went wrong. */
    public Code code() {
        return code;
    }
}

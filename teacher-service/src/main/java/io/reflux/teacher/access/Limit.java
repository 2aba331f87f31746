package io.reflux.teacher.access;

import java.util.Locale;

/** What a refusal was for. */
public enum Limit {
    /** No token, or none that the teacher takes. */
    TOKEN,
    /** The client's calls at a time. */
    STREAMS,
    /** The client's calls and batches a second. */
    RATE,
    /** The memory of the client's unanswered batches. */
    BYTES,
    /** The size of a message. */
    MESSAGE,
    /** A stream's unanswered batches. */
    BATCHES;

    /** The value of the label {@code limit}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.reflux.student.source;

import java.util.Locale;

/** How a source of soft labels stands with its teacher. */
public enum SourceState {
    /** The first connection is being made. */
    CONNECTING,
    /** Connected, and answers keep coming or nothing is asked. */
    STREAMING,
    /** Connected, but what was asked has been unanswered for a while. */
    WAITING,
    /** The connection broke and is being made again; unanswered batches will be asked for again. */
    RECONNECTING,
    /** Closed or failed for good. */
    CLOSED;

    /** Returns the name as metrics and progress show it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

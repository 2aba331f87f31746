package io.reflux.student.source;

import org.jspecify.annotations.Nullable;

/** The source a run uses now, for those who watch it from other threads. Each stage has its own; counts go on over all. */
public final class CurrentSource {
    private @Nullable SoftLabelSource source;
    private long pastReconnects;
    private long pastLabelBytes;

    /** Watches another source, or none; what the one before has counted is kept. */
    public synchronized void set(@Nullable SoftLabelSource next) {
        SoftLabelSource past = source;
        if (past != null) {
            pastReconnects += past.reconnects();
            pastLabelBytes += past.labelBytes();
        }
        source = next;
    }

    /** Returns how the source stands, or null when there is none. */
    public synchronized @Nullable SourceState state() {
        return source == null ? null : source.state();
    }

    /** Returns how many connections of this run have been made again. */
    public synchronized long reconnects() {
        return pastReconnects + (source == null ? 0 : source.reconnects());
    }

    /** Returns the bytes of soft labels received in this run. */
    public synchronized long labelBytes() {
        return pastLabelBytes + (source == null ? 0 : source.labelBytes());
    }
}

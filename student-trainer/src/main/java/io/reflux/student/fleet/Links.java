package io.reflux.student.fleet;

import io.reflux.student.source.SoftLabelSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The open sources of a fleet, and what all that were ever open have received. Thread-safe. */
final class Links {
    private final Set<SoftLabelSource> open = new HashSet<>();
    private long pastBytes;

    synchronized void add(SoftLabelSource source) {
        open.add(source);
    }

    /** Closes a source; blocks. */
    void close(SoftLabelSource source) {
        source.close();
        synchronized (this) {
            if (open.remove(source)) {
                pastBytes += source.labelBytes();
            }
        }
    }

    /** Closes all; blocks. */
    void closeAll() {
        List<SoftLabelSource> all;
        synchronized (this) {
            all = List.copyOf(open);
        }
        all.forEach(this::close);
    }

    synchronized long labelBytes() {
        return pastBytes + open.stream().mapToLong(SoftLabelSource::labelBytes).sum();
    }
}

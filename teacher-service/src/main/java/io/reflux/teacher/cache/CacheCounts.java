package io.reflux.teacher.cache;

import java.util.concurrent.atomic.LongAdder;

/** What a cache has done since it was opened, in rows. Thread-safe. */
public final class CacheCounts {

    private final LongAdder memoryHits = new LongAdder();
    private final LongAdder diskHits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder joins = new LongAdder();
    private final LongAdder memoryEvictions = new LongAdder();
    private final LongAdder corrupt = new LongAdder();
    private final LongAdder writeFailures = new LongAdder();

    /** Rows that were found. */
    public long hits(Tier tier) {
        return (tier == Tier.MEMORY ? memoryHits : diskHits).sum();
    }

    /** Rows that had to be computed. */
    public long misses() {
        return misses.sum();
    }

    /** Rows that somebody else was looking for or computing already. */
    public long joins() {
        return joins.sum();
    }

    /** Rows that were dropped from memory to make room. */
    public long memoryEvictions() {
        return memoryEvictions.sum();
    }

    /** Rows on disk, or whole folders, that were damaged, and dropped. */
    public long corrupt() {
        return corrupt.sum();
    }

    /** Rows that could not be written to disk. */
    public long writeFailures() {
        return writeFailures.sum();
    }

    /** A row was found. */
    public void hit(Tier tier) {
        (tier == Tier.MEMORY ? memoryHits : diskHits).increment();
    }

    /** A row was not found anywhere, and is computed. */
    public void missed() {
        misses.increment();
    }

    /** A row is waited for. */
    public void joined() {
        joins.increment();
    }

    void evictedFromMemory() {
        memoryEvictions.increment();
    }

    void foundCorrupt() {
        corrupt.increment();
    }

    void writeFailed(int rows) {
        writeFailures.add(rows);
    }
}

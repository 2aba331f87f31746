package io.reflux.teacher.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/** Rows in the heap, bounded in bytes. Thread-safe. */
final class MemoryTier {

    /** What a row holds beside its bytes: key, array header, and Caffeine's node and table slot. */
    static final int ROW_OVERHEAD = 160;

    private final Cache<RowKey, byte[]> rows;

    MemoryTier(long maxBytes, CacheCounts counts) {
        rows = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((RowKey key, byte[] row) -> ROW_OVERHEAD + row.length)
                .evictionListener((key, row, cause) -> counts.evictedFromMemory())
                // Evicting is cheap and belongs to whoever puts: no thread of its own lags behind.
                .executor(Runnable::run)
                .build();
    }

    byte @Nullable [] get(RowKey key) {
        return rows.getIfPresent(key);
    }

    void put(RowKey key, byte[] row) {
        rows.put(key, row);
    }

    /** Memory held, in bytes. */
    long bytes() {
        return rows.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }
}

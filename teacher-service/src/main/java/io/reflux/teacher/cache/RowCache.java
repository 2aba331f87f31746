package io.reflux.teacher.cache;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows in memory over rows on disk. Thread-safe. To be closed when nobody uses it any more; what is asked for afterwards
 * is not found.
 */
public final class RowCache implements AutoCloseable {

    private final CacheCounts counts = new CacheCounts();
    private final @Nullable MemoryTier memory;
    private final @Nullable DiskTier disk;

    /**
     * Opens a cache.
     *
     * @throws CacheException if the folder is not a cache, or in use, or cannot be used
     */
    public RowCache(CacheConfig config) {
        this.memory = config.memoryBytes() == 0 ? null : new MemoryTier(config.memoryBytes(), counts);
        this.disk = config.folder() == null ? null : new DiskTier(config.folder(), config.diskBytes(), counts);
    }

    /** The row if it is in memory, else null. Does not block. */
    public byte @Nullable [] inMemory(RowKey key) {
        byte[] row = memory == null ? null : memory.get(key);
        if (row != null) {
            counts.hit(Tier.MEMORY);
        }
        return row;
    }

    /** The row if it is on disk, else null; it then is in memory too. Blocks. */
    public byte @Nullable [] onDisk(RowKey key) {
        byte[] row = disk == null ? null : disk.get(key);
        if (row != null) {
            counts.hit(Tier.DISK);
            remember(key, row);
        }
        return row;
    }

    /** Keeps a row in memory. */
    public void remember(RowKey key, byte[] row) {
        if (memory != null) {
            memory.put(key, row);
        }
    }

    /** Writes rows to disk. Blocks. */
    public void store(Map<RowKey, byte[]> rows) {
        if (disk != null && !rows.isEmpty()) {
            disk.put(rows);
        }
    }

    /** What was found and what was not. */
    public CacheCounts counts() {
        return counts;
    }

    /** Bytes held. */
    public long bytes(Tier tier) {
        return switch (tier) {
            case MEMORY -> memory == null ? 0 : memory.bytes();
            case DISK -> disk == null ? 0 : disk.bytes();
        };
    }

    /** Rows that were dropped to make room; those on disk go with whole files, and their number is estimated. */
    public long evictions(Tier tier) {
        return switch (tier) {
            case MEMORY -> counts.memoryEvictions();
            case DISK -> disk == null ? 0 : disk.evictions();
        };
    }

    /** Whether rows outlive the process: there is a folder, and writing to it has not failed. */
    public boolean writesToDisk() {
        return disk != null && disk.writable();
    }

    @Override
    public void close() {
        if (disk != null) {
            disk.close();
        }
    }
}

package io.reflux.teacher.cache;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where rows are kept and how much of them.
 *
 * @param memoryBytes most memory, at least 0; 0: nothing is kept in memory
 * @param folder folder of the disk tier, made if it is not there; null: none
 * @param diskBytes most bytes of the folder, at least {@link #MIN_DISK_BYTES}; not used without a folder
 */
public record CacheConfig(long memoryBytes, @Nullable Path folder, long diskBytes) {

    /** Least bytes of a folder: below it, what the store needs for itself would be most of it. */
    public static final long MIN_DISK_BYTES = 16L << 20;

    /** Ten gigabytes. */
    public static final long DEFAULT_DISK_BYTES = 10L << 30;

    /** Everything is computed. */
    public static final CacheConfig OFF = new CacheConfig(0, null, DEFAULT_DISK_BYTES);

    public CacheConfig {
        if (memoryBytes < 0) {
            throw new IllegalArgumentException("cacheMemory: " + memoryBytes + " (expected: >= 0)");
        }
        if (diskBytes < MIN_DISK_BYTES) {
            throw new IllegalArgumentException(
                    "cacheDisk: " + diskBytes + " bytes (expected: >= " + MIN_DISK_BYTES + ")");
        }
    }

    /** Whether anything is kept. */
    public boolean enabled() {
        return memoryBytes > 0 || folder != null;
    }

    /** An eighth of the memory that the JVM may take for its heap. */
    public static long defaultMemoryBytes() {
        return Runtime.getRuntime().maxMemory() / 8;
    }
}

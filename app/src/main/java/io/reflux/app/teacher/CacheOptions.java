package io.reflux.app.teacher;

import io.reflux.app.console.ByteSize;
import io.reflux.teacher.cache.CacheConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a teacher keeps its answers. */
final class CacheOptions {
    @Option(
            names = "--cache-memory",
            paramLabel = "SIZE",
            description = "Most memory that answers are kept in, such as 512m; 0 for none (default: an eighth of the"
                    + " heap).")
    private @Nullable String memory;

    @Option(
            names = "--cache-dir",
            paramLabel = "DIR",
            description = "Keep answers in this folder as well, so that they outlive the teacher; none without it.")
    private @Nullable Path folder;

    @Option(
            names = "--cache-disk",
            paramLabel = "SIZE",
            description = "Most bytes of the folder, at least 16m (default: 10g).")
    private @Nullable String disk;

    /** @throws IllegalArgumentException if a size is malformed or out of range */
    CacheConfig config() {
        if (disk != null && folder == null) {
            throw new IllegalArgumentException("--cache-disk: " + disk + " without a folder (expected: --cache-dir)");
        }
        return new CacheConfig(
                memoryBytes(),
                folder,
                disk == null
                        ? CacheConfig.DEFAULT_DISK_BYTES
                        : ByteSize.parse("--cache-disk", disk, CacheConfig.MIN_DISK_BYTES));
    }

    private long memoryBytes() {
        if (memory == null) {
            return CacheConfig.defaultMemoryBytes();
        }
        long bytes = ByteSize.parse("--cache-memory", memory);
        long heap = Runtime.getRuntime().maxMemory();
        if (bytes >= heap) {
            throw new IllegalArgumentException("--cache-memory: " + memory + " (expected: less than the heap of "
                    + ByteSize.text(heap) + "; REFLUX_JAVA_OPTS=-Xmx4g sets another)");
        }
        return bytes;
    }
}

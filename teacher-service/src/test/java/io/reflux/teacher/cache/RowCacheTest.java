package io.reflux.teacher.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RowCacheTest {

    private static final long DISK = CacheConfig.MIN_DISK_BYTES;

    @TempDir
    Path folder;

    private RowCache onDisk() {
        return new RowCache(new CacheConfig(0, folder.resolve("cache"), DISK));
    }

    private static void fill(RowCache cache, int from, int to, int rowBytes) {
        for (int id = from; id < to; ) {
            Map<RowKey, byte[]> rows = new LinkedHashMap<>();
            for (int end = Math.min(to, id + 256); id < end; id++) {
                RowKey key = Rows.key(id);
                rows.put(key, Rows.row(key, rowBytes));
                cache.remember(key, Rows.row(key, rowBytes));
            }
            cache.store(rows);
        }
    }

    private static byte[] find(RowCache cache, RowKey key) {
        byte[] row = cache.inMemory(key);
        return row == null ? cache.onDisk(key) : row;
    }

    /** The keys are few, so that rows are overwritten and looked for again; operation 9 closes and opens the cache. */
    @Property(tries = 25)
    void cache_likeAMap_mayForgetButNeverErrsAndStaysWithinItsBounds(
            @ForAll @Size(max = 60) List<@IntRange(max = 9) Integer> operations,
            @ForAll @IntRange(min = 0, max = 4000) int memoryBytes)
            throws IOException {
        Path folder = Files.createTempDirectory("rows");
        CacheConfig config = new CacheConfig(memoryBytes, folder, DISK);
        Map<RowKey, byte[]> model = new HashMap<>();
        RowCache cache = new RowCache(config);
        try {
            for (int i = 0; i < operations.size(); i++) {
                int operation = operations.get(i);
                RowKey key = Rows.key(operation % 5);
                if (operation == 9) {
                    cache.close();
                    cache = new RowCache(config);
                } else if (operation < 5) {
                    byte[] row = Rows.row(Rows.key(i), 10 * i);
                    cache.remember(key, row);
                    cache.store(Map.of(key, row));
                    model.put(key, row);
                }
                assertThat(find(cache, key)).isEqualTo(model.get(key));
                assertThat(cache.bytes(Tier.MEMORY)).isLessThanOrEqualTo(memoryBytes);
            }
        } finally {
            cache.close();
            delete(folder);
        }
    }

    @Test
    void memory_full_dropsRows_andCountsThem() {
        int row = 100;
        try (RowCache cache = new RowCache(new CacheConfig(50 * (row + MemoryTier.ROW_OVERHEAD), null, DISK))) {
            fill(cache, 0, 200, row);
            assertThat(cache.bytes(Tier.MEMORY)).isEqualTo(50 * (row + MemoryTier.ROW_OVERHEAD));
            assertThat(cache.evictions(Tier.MEMORY)).isEqualTo(150);
            long found = Stream.iterate(0, id -> id + 1)
                    .limit(200)
                    .filter(id -> cache.inMemory(Rows.key(id)) != null)
                    .count();
            assertThat(found).isEqualTo(50).isEqualTo(cache.counts().hits(Tier.MEMORY));
        }
    }

    @Test
    void disk_full_dropsTheOldestRows_andTheFolderStaysWithinItsBound() throws Exception {
        int rows = 40_000;
        try (RowCache cache = onDisk()) {
            for (int done = 0; done < rows; done += 1000) {
                fill(cache, done, done + 1000, 1000);
                assertThat(size(folder)).isLessThanOrEqualTo(DISK);
            }
            assertThat(cache.onDisk(Rows.key(0))).isNull();
            assertThat(cache.onDisk(Rows.key(rows - 1))).isEqualTo(Rows.row(Rows.key(rows - 1), 1000));
            assertThat(cache.bytes(Tier.DISK)).isBetween(DISK / 2, DISK);
            // 40 MB were written, and at most 16 are left.
            assertThat(cache.evictions(Tier.DISK)).isBetween(24_000L, 34_000L);
        }
    }

    @Test
    void disk_reopened_hasItsRows() {
        try (RowCache cache = onDisk()) {
            fill(cache, 0, 3000, 1000);
        }
        try (RowCache cache = onDisk()) {
            for (int id = 0; id < 3000; id++) {
                assertThat(cache.onDisk(Rows.key(id))).isEqualTo(Rows.row(Rows.key(id), 1000));
            }
            assertThat(cache.counts().hits(Tier.DISK)).isEqualTo(3000);
            assertThat(cache.counts().corrupt()).isZero();
        }
    }

    @Test
    void disk_damagedRows_areDroppedAndCounted_andCanBeWrittenAgain() throws Exception {
        try (RowCache cache = onDisk()) {
            fill(cache, 0, 3000, 1000);
        }
        // One byte of the data of each file; a block of it holds some 16 rows.
        for (Path file : tables()) {
            flip(file, 100_000);
        }
        try (RowCache cache = onDisk()) {
            int lost = 0;
            for (int id = 0; id < 3000; id++) {
                byte[] row = cache.onDisk(Rows.key(id));
                if (row == null) {
                    lost++;
                    fill(cache, id, id + 1, 1000);
                    row = cache.onDisk(Rows.key(id));
                }
                assertThat(row).isEqualTo(Rows.row(Rows.key(id), 1000));
            }
            assertThat(lost).isBetween(tables().size(), 20 * tables().size());
            assertThat(cache.counts().corrupt()).isEqualTo(lost);
        }
    }

    @Test
    void disk_truncatedFile_beginsAnew() throws Exception {
        try (RowCache cache = onDisk()) {
            fill(cache, 0, 3000, 1000);
        }
        Path file = tables().get(0);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(1000);
        }
        try (RowCache cache = onDisk()) {
            assertThat(cache.counts().corrupt()).isEqualTo(1);
            fill(cache, 0, 10, 1000);
            assertThat(cache.onDisk(Rows.key(5))).isEqualTo(Rows.row(Rows.key(5), 1000));
        }
    }

    @Test
    void disk_thatCannotBeWrittenAnyMore_isReadOnly_andMemoryGoesOn() throws Exception {
        try (RowCache cache = new RowCache(new CacheConfig(1 << 20, folder.resolve("cache"), DISK))) {
            fill(cache, 0, 10, 1000);
            delete(folder.resolve("cache"));
            assertThat(cache.writesToDisk()).isTrue();
            for (int id = 10; cache.writesToDisk(); id += 1000) {
                assertThat(id).as("rows taken by a folder that is gone").isLessThan(20_000);
                fill(cache, id, id + 1000, 1000);
            }
            fill(cache, 0, 1, 1000);
            assertThat(cache.inMemory(Rows.key(0))).isNotNull();
            assertThat(cache.counts().writeFailures()).isPositive();
        }
    }

    @Test
    void folder_inUse_isRefused() {
        try (RowCache cache = onDisk()) {
            assertThat(cache.writesToDisk()).isTrue();
            assertThatThrownBy(this::onDisk)
                    .isInstanceOfSatisfying(
                            CacheException.class, e -> assertThat(e.code()).isEqualTo(CacheException.Code.IN_USE))
                    .hasMessage("cacheDir: " + folder.resolve("cache")
                            + " is in use (expected: a folder of its own for each process)");
        }
    }

    @Test
    void folder_ofSomethingElse_isRefused_andLeftAsItIs() throws Exception {
        Path cache = folder.resolve("cache");
        Files.createDirectory(cache);
        Files.writeString(cache.resolve("thesis.tex"), "years of work");
        assertThatThrownBy(this::onDisk)
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo(CacheException.Code.NOT_A_CACHE))
                .hasMessage("cacheDir: " + cache
                        + " is not a cache (expected: an empty folder, or one that a teacher made)");
        try (Stream<Path> files = Files.list(cache)) {
            assertThat(files).containsExactly(cache.resolve("thesis.tex"));
        }
    }

    @Test
    void folder_ofAnotherFormat_isRefused() throws Exception {
        Path cache = folder.resolve("cache");
        Files.createDirectory(cache);
        Files.writeString(cache.resolve("reflux-cache"), "reflux label cache, format 2\n");
        assertThatThrownBy(this::onDisk)
                .hasMessage("cacheDir: " + cache + " holds \"reflux label cache, format 2\" (expected: \"reflux label"
                        + " cache, format 1\"; delete the folder to begin anew)");
    }

    @Test
    void folder_thatIsAFile_orUnderOne_isRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("cache"), "");
        assertThatThrownBy(this::onDisk).hasMessage("cacheDir: " + file + " is a file (expected: a folder)");
        Path under = file.resolve("cache");
        assertThatThrownBy(() -> new RowCache(new CacheConfig(0, under, DISK)))
                .isInstanceOf(CacheException.class)
                .hasMessageStartingWith("cacheDir: " + under + " cannot be used: ")
                .hasMessageEndingWith("(expected: a folder that can be read and written)");
    }

    @Test
    void config_outOfRange_isRefused() {
        assertThatThrownBy(() -> new CacheConfig(-1, null, DISK)).hasMessage("cacheMemory: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new CacheConfig(0, null, 1)).hasMessage("cacheDisk: 1 bytes (expected: >= 16777216)");
    }

    private List<Path> tables() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".sst")).toList();
        }
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            long bytes = 0;
            for (Path file : (Iterable<Path>) files::iterator) {
                // The store deletes files of its own meanwhile.
                bytes += Files.isRegularFile(file) ? file.toFile().length() : 0;
            }
            return bytes;
        } catch (UncheckedIOException e) {
            return size(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}

package io.reflux.teacher.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompactionOptionsFIFO;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open RocksDB store and the native objects that it was opened with.
 *
 * <p>Its files are written once and deleted whole, the oldest first, when they exceed the bound (FIFO compaction): a row
 * is written to disk twice at most, log and file, and no damaged file is ever copied into a new one.
 */
final class RowStore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RowStore.class);

    private static final long MAX_BUFFER_BYTES = 32L << 20;
    private static final int BUFFERS = 2;
    private static final long BLOCK_CACHE_BYTES = 8L << 20;
    private static final int BLOCK_BYTES = 16 << 10;
    private static final double BLOOM_BITS = 10;
    private static final long LOG_BYTES = 256 << 10;

    private final Deque<AutoCloseable> natives = new ArrayDeque<>();
    private final RocksDB db;

    private RowStore(Path rows, Path folder, long maxBytes, CacheCounts counts) throws RocksDBException {
        Options options = options(maxBytes);
        this.db = open(rows, folder, options, counts);
        natives.push(db);
    }

    /**
     * Opens the store of a cache's folder, of at most {@code maxBytes} with all that belongs to it.
     *
     * @throws CacheException if the folder is not a cache, or in use, or cannot be used
     */
    static RowStore open(Path folder, long maxBytes, CacheCounts counts) {
        RocksDB.loadLibrary();
        Path rows = CacheFolder.rows(folder);
        try {
            Files.createDirectories(rows);
            return new RowStore(rows, folder, maxBytes, counts);
        } catch (RocksDBException | IOException e) {
            if (String.valueOf(e.getMessage()).contains("lock")) {
                throw new CacheException(
                        CacheException.Code.IN_USE,
                        "cacheDir: " + folder + " is in use (expected: a folder of its own for each process)",
                        e);
            }
            throw CacheFolder.notAccessible(folder, "cannot be opened: " + e.getMessage(), e);
        }
    }

    RocksDB db() {
        return db;
    }

    private Options options(long maxBytes) {
        long bufferBytes = bufferBytes(maxBytes);
        CompactionOptionsFIFO fifo = kept(new CompactionOptionsFIFO());
        fifo.setMaxTableFilesSize(mostFileBytes(maxBytes) - bufferBytes).setAllowCompaction(false);
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setFilterPolicy(kept(new BloomFilter(BLOOM_BITS)))
                .setBlockSize(BLOCK_BYTES)
                .setBlockCache(kept(new LRUCache(BLOCK_CACHE_BYTES)));
        return kept(new Options())
                .setCreateIfMissing(true)
                .setCompactionStyle(CompactionStyle.FIFO)
                .setCompactionOptionsFIFO(fifo)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setTableFormatConfig(table)
                .setMaxOpenFiles(-1)
                .setWriteBufferSize(bufferBytes)
                .setMaxWriteBufferNumber(BUFFERS)
                .setMaxTotalWalSize(2 * bufferBytes)
                // Else every start would leave a small file.
                .setAvoidFlushDuringRecovery(true)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(LOG_BYTES);
    }

    private static long bufferBytes(long maxBytes) {
        return Math.min(MAX_BUFFER_BYTES, maxBytes / 64);
    }

    /**
     * Bytes of files, those that are still to be deleted included, above which nothing may be written: two buffers that
     * become files, and their logs twice, since those too are deleted later, fit above them.
     */
    static long mostFileBytes(long maxBytes) {
        return maxBytes - 7 * bufferBytes(maxBytes);
    }

    private <T extends AutoCloseable> T kept(T owned) {
        natives.push(owned);
        return owned;
    }

    /** What is damaged so that it cannot be opened is begun anew: nothing in it is the only copy of anything. */
    private static RocksDB open(Path rows, Path folder, Options options, CacheCounts counts) throws RocksDBException {
        try {
            return RocksDB.open(options, rows.toString());
        } catch (RocksDBException e) {
            if (DiskTier.code(e) != Status.Code.Corruption) {
                throw e;
            }
            counts.foundCorrupt();
            LOG.warn("the cache {} is damaged and begins anew: {}", folder, e.getMessage());
            RocksDB.destroyDB(rows.toString(), options);
            return RocksDB.open(options, rows.toString());
        }
    }

    @Override
    public void close() {
        while (!natives.isEmpty()) {
            try {
                natives.pop().close();
            } catch (Exception e) {
                LOG.warn("a part of the cache did not close", e);
            }
        }
    }
}

package io.reflux.teacher.cache;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows in a folder, in a RocksDB store that drops its oldest files when it grows beyond its bound. Thread-safe; every
 * call may block.
 *
 * <p>A damaged row is dropped, and computed again by whoever asked for it. When rows cannot be written any more, because
 * the disk is full or read-only, the tier says so once, and only reads from then on.
 */
final class DiskTier implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DiskTier.class);

    private static final String NUM_KEYS = "rocksdb.estimate-num-keys";
    private static final String FILE_BYTES = "rocksdb.live-sst-files-size";
    private static final String ALL_FILE_BYTES = "rocksdb.total-sst-files-size";
    private static final String BUFFER_BYTES = "rocksdb.cur-size-all-mem-tables";

    private static final long ROOM_PATIENCE_NANOS = 1_000_000_000L;
    private static final long ROOM_LOOK_NANOS = 1_000_000;

    private final Path folder;
    private final CacheCounts counts;
    private final RowStore store;
    private final RocksDB db;
    private final long mostFileBytes;
    private final long keysAtOpen;
    private final LongAdder puts = new LongAdder();

    /** Held for writing to close: a native store that is used after it would take the process with it. */
    private final ReadWriteLock open = new ReentrantReadWriteLock();

    private boolean closed;
    private volatile boolean readOnly;

    /**
     * Opens a folder.
     *
     * @throws CacheException if it is not a cache, or in use, or cannot be used
     */
    DiskTier(Path folder, long maxBytes, CacheCounts counts) {
        this.folder = folder;
        this.counts = counts;
        this.store = RowStore.open(folder, maxBytes, counts);
        this.db = store.db();
        this.mostFileBytes = RowStore.mostFileBytes(maxBytes);
        this.keysAtOpen = property(NUM_KEYS);
    }

    /** The row, or null if it is not there or damaged. */
    byte @Nullable [] get(RowKey key) {
        byte[] name = key.bytes();
        open.readLock().lock();
        try {
            byte[] stored = closed ? null : db.get(name);
            if (stored == null) {
                return null;
            }
            byte[] row = StoredRow.read(name, stored);
            if (row == null) {
                drop(name);
            }
            return row;
        } catch (RocksDBException e) {
            if (code(e) == Status.Code.Corruption) {
                drop(name);
            } else {
                failed("read", e);
            }
            return null;
        } finally {
            open.readLock().unlock();
        }
    }

    private void drop(byte[] name) {
        counts.foundCorrupt();
        try {
            if (!readOnly) {
                db.delete(name);
            }
        } catch (RocksDBException e) {
            failed("written", e);
        }
    }

    /**
     * Writes rows, all or none. Where the old files are not deleted as fast as new rows come it waits for that, and gives up
     * after a second: the rows are computed again when they are asked for.
     */
    void put(Map<RowKey, byte[]> rows) {
        open.readLock().lock();
        try (WriteBatch batch = new WriteBatch();
                WriteOptions options = new WriteOptions()) {
            if (closed || readOnly || !hasRoom()) {
                counts.writeFailed(closed ? 0 : rows.size());
                return;
            }
            for (Map.Entry<RowKey, byte[]> row : rows.entrySet()) {
                byte[] name = row.getKey().bytes();
                batch.put(name, StoredRow.write(name, row.getValue()));
            }
            db.write(options, batch);
            puts.add(rows.size());
        } catch (RocksDBException e) {
            counts.writeFailed(rows.size());
            failed("written", e);
        } finally {
            open.readLock().unlock();
        }
    }

    /** The store deletes in the background, and knows no bound that its files never exceed. */
    private boolean hasRoom() {
        long end = System.nanoTime() + ROOM_PATIENCE_NANOS;
        while (property(ALL_FILE_BYTES) > mostFileBytes) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(ROOM_LOOK_NANOS);
        }
        return true;
    }

    private void failed(String what, RocksDBException e) {
        if (!readOnly) {
            readOnly = true;
            LOG.warn(
                    "the cache {} cannot be {}: {}; nothing more is written to it until the teacher starts again",
                    folder,
                    what,
                    e.getMessage());
        }
    }

    /** Whether new rows are written. */
    boolean writable() {
        return !readOnly;
    }

    /** Bytes of the rows, in files and in buffers that become files. */
    long bytes() {
        return property(FILE_BYTES) + property(BUFFER_BYTES);
    }

    /** Rows that are held, estimated. */
    long rows() {
        return property(NUM_KEYS);
    }

    /** Rows that were dropped with the oldest files since the folder was opened, estimated. */
    long evictions() {
        return Math.max(0, keysAtOpen + puts.sum() - rows());
    }

    private long property(String name) {
        open.readLock().lock();
        try {
            return closed ? 0 : db.getLongProperty(name);
        } catch (RocksDBException e) {
            return 0;
        } finally {
            open.readLock().unlock();
        }
    }

    static Status.@Nullable Code code(RocksDBException e) {
        return e.getStatus() == null ? null : e.getStatus().getCode();
    }

    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                store.close();
            }
        } finally {
            open.writeLock().unlock();
        }
    }
}

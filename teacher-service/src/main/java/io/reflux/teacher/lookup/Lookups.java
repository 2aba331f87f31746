package io.reflux.teacher.lookup;

import com.google.protobuf.ByteString;
import io.reflux.teacher.batcher.Admission;
import io.reflux.teacher.batcher.Batcher;
import io.reflux.teacher.batcher.Failure;
import io.reflux.teacher.cache.RowCache;
import io.reflux.teacher.cache.RowKey;
import io.reflux.teacher.engine.EngineSlot;
import io.reflux.teacher.engine.ModelShape;
import io.reflux.teacher.engine.ModelUse;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks batches up in the cache and has the batcher compute what is missing, each answer once. Thread-safe; reads the disk
 * on threads of its own, and only what students have room for.
 */
public final class Lookups implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Lookups.class);

    private static final int READERS = 2;

    private final RowCache cache;
    private final Batcher batcher;
    private final EngineSlot slot;
    private final int maxAhead;
    private final int fixedRows;
    private final long maxHeldBytes;
    private final Flights flights;
    private final ExecutorService readers;

    private final Set<LookupLane> lanes = new LinkedHashSet<>();
    private long heldBytes;

    /**
     * Lookups of a model's answers.
     *
     * @param cache is not closed here
     * @param batcher computes what is missing; to be closed after this
     * @param slot of the model that the batcher runs
     * @param maxBatchSamples most samples that enter the model together
     * @param fixedRows rows of every batch of the model; 0: as many as there are
     * @param maxHeldBytes most memory that batches may hold until they are answered, over all students
     */
    public Lookups(
            RowCache cache, Batcher batcher, EngineSlot slot, int maxBatchSamples, int fixedRows, long maxHeldBytes) {
        this.cache = cache;
        this.flights = new Flights(cache.counts());
        this.batcher = batcher;
        this.slot = slot;
        this.maxAhead = Math.max(1024, 2 * maxBatchSamples);
        this.fixedRows = fixedRows;
        this.maxHeldBytes = maxHeldBytes;
        this.readers = Executors.newFixedThreadPool(READERS, run -> {
            Thread reader = new Thread(run, "reflux-lookup");
            reader.setDaemon(true);
            return reader;
        });
    }

    /** Rows of every batch of the model; 0: as many as there are. */
    public int fixedRows() {
        return fixedRows;
    }

    /**
     * Opens a lane, to be closed by the caller.
     *
     * @param outputs what is asked for of each sample, indexes into {@link ModelShape#outputs}, at least one; taken over
     */
    public LookupLane open(Admission admission, SampleEncoder encoder, int... outputs) {
        LookupLane lane = new LookupLane(this, admission, encoder, outputs);
        synchronized (this) {
            lanes.add(lane);
        }
        return lane;
    }

    /** Batches that were not looked up completely. */
    public int queuedBatches() {
        return copyOfLanes().stream().mapToInt(LookupLane::queuedBatches).sum();
    }

    /** Lanes whose student holds up its own work. */
    public int stalledLanes() {
        return (int) copyOfLanes().stream().filter(LookupLane::stalled).count();
    }

    /** Memory held by the samples of batches that are not answered. */
    public synchronized long heldBytes() {
        return heldBytes;
    }

    /** Answers that are looked for or computed now. */
    public int inFlight() {
        return flights.size();
    }

    private synchronized List<LookupLane> copyOfLanes() {
        return List.copyOf(lanes);
    }

    synchronized void remove(LookupLane lane) {
        lanes.remove(lane);
    }

    synchronized boolean hold(long bytes) {
        if (heldBytes + bytes > maxHeldBytes) {
            return false;
        }
        heldBytes += bytes;
        return true;
    }

    synchronized void letGo(long bytes) {
        heldBytes -= bytes;
    }

    void execute(Runnable turn) {
        try {
            readers.execute(turn);
        } catch (RejectedExecutionException e) {
            // Closed: nothing is looked up any more.
            return;
        }
    }

    /**
     * Answers what is known, joins what others look for, and computes the rest.
     *
     * @param cells what is looked up, by its place in the answer, increasing
     */
    void lookUp(PendingAnswer answer, int[] cells) {
        ByteString digest = slot.engine().digest();
        @Nullable RowKey[] keys = new @Nullable RowKey[answer.cells()];
        try {
            for (int cell : cells) {
                keys[cell] = answer.key(cell, digest);
            }
            int[] missing = IntStream.of(cells)
                    .filter(cell -> isMissing(answer, cell, keys[cell]))
                    .toArray();
            if (missing.length > 0) {
                compute(MissJob.of(this, answer, missing, keys));
            }
        } catch (RuntimeException e) {
            LOG.error("samples could not be looked up", e);
            answer.fail(Failure.MODEL_FAILED, "cache: " + e.getMessage());
            MissJob.of(this, answer, cells, keys).abandon();
        }
    }

    /** As {@link #lookUp}, when a thread has time for it. */
    void lookUpAgain(PendingAnswer answer, int[] cells) {
        execute(() -> lookUp(answer, cells));
    }

    /** The model that answers now, which no other takes the place of until the use is closed. */
    ModelUse model() {
        return slot.use();
    }

    /** Whether the output must be computed, and now, for this answer. */
    private boolean isMissing(PendingAnswer answer, int cell, @Nullable RowKey key) {
        if (key == null) {
            return true;
        }
        boolean leads = flights.ask(key, new Waiter(answer, cell));
        if (!leads || found(key)) {
            return false;
        }
        cache.counts().missed();
        return true;
    }

    private boolean found(RowKey key) {
        byte[] rows = cache.inMemory(key);
        if (rows == null) {
            rows = cache.onDisk(key);
        }
        if (rows == null) {
            return false;
        }
        flights.land(key, Answer.known(rows, key.scope().modelDigest()));
        flights.end(key);
        return true;
    }

    /** Hands samples to the batcher on behalf of the answer's student. */
    void compute(MissJob job) {
        if (!job.answer().lane().compute(job)) {
            job.answer().fail(Failure.MODEL_FAILED, "the teacher takes no more work");
            job.abandon();
        }
    }

    RowCache cache() {
        return cache;
    }

    Batcher batcher() {
        return batcher;
    }

    Flights flights() {
        return flights;
    }

    ModelShape shape() {
        return slot.engine().shape();
    }

    int maxAhead() {
        return maxAhead;
    }

    /** Looks nothing up any more, and waits for what is being read. */
    @Override
    public void close() {
        readers.shutdown();
        try {
            if (!readers.awaitTermination(10, TimeUnit.SECONDS)) {
                readers.shutdownNow();
            }
        } catch (InterruptedException e) {
            readers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

package io.reflux.teacher.lookup;

import io.reflux.teacher.batcher.Admission;
import io.reflux.teacher.batcher.Lane;
import io.reflux.teacher.batcher.Samples;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one student that are looked up, in their order, as far as its {@link Admission} lets them. Made by {@link
 * Lookups#open}. Thread-safe.
 *
 * <p>What was looked up is reserved, so what is missing may enter the model at once: others may wait for it. How much may
 * be on its way at a time is bounded, so that a student who stops to receive soon costs nothing.
 */
public final class LookupLane implements AutoCloseable {

    /** Samples that are looked up together, and answered together. */
    private static final int MAX_SLICE = 256;

    private final Lookups lookups;
    private final Admission admission;
    private final SampleEncoder encoder;
    private final int[] outputs;
    private final Lane misses;

    private final Deque<Lookup> waiting = new ArrayDeque<>();
    private final Set<Lookup> unanswered = new HashSet<>();
    private final Set<MissJob> computing = new HashSet<>();
    private int ahead;
    private boolean running;
    private volatile boolean closed;

    LookupLane(Lookups lookups, Admission admission, SampleEncoder encoder, int[] outputs) {
        this.lookups = lookups;
        this.admission = admission;
        this.encoder = encoder;
        this.outputs = outputs;
        this.misses = lookups.batcher().open(new Reserved());
    }

    /** Lets everything into the model, as room for its answer is reserved. */
    private final class Reserved implements Admission {

        @Override
        public int reserve(int count, Samples samples) {
            return count;
        }

        @Override
        public boolean stalled() {
            return false;
        }

        /** Others do not wait for this student to fill a batch while it holds up its own lookups. */
        @Override
        public boolean full() {
            return LookupLane.this.idle() && LookupLane.this.stalled();
        }
    }

    /**
     * Puts a batch at the end of the lane.
     *
     * @return false if batches hold as much memory as they may; the batch is then not heard of again
     */
    public boolean submit(Samples samples, SampleKeys keys, AnswerListener listener) {
        if (!lookups.hold(samples.heldBytes())) {
            return false;
        }
        synchronized (this) {
            if (closed) {
                lookups.letGo(samples.heldBytes());
                return false;
            }
            Over over = new Over();
            Lookup lookup = new Lookup(samples, keys, listener, over);
            over.lookup = lookup;
            unanswered.add(lookup);
            waiting.add(lookup);
        }
        wake();
        return true;
    }

    /** Lets go of a batch's memory once. */
    private final class Over implements Runnable {

        private @Nullable Lookup lookup;

        @Override
        public void run() {
            Lookup over = lookup;
            boolean held;
            synchronized (LookupLane.this) {
                held = over != null && unanswered.remove(over);
            }
            if (held && over != null) {
                lookups.letGo(over.samples().heldBytes());
            }
        }
    }

    /** Goes on, as far as the {@link Admission} now lets it. */
    public void wake() {
        synchronized (this) {
            if (running || closed || waiting.isEmpty() || admission.stalled()) {
                return;
            }
            running = true;
        }
        lookups.execute(this::run);
    }

    /** Answers of so many samples were handed to the student's connection, or will not be. */
    public void handedOver(int samples) {
        synchronized (this) {
            ahead -= samples;
        }
        wake();
    }

    /** Whether the student holds up its own work: its connection is full, or batches wait for its credit. */
    synchronized boolean stalled() {
        return admission.full() || !waiting.isEmpty() && admission.stalled();
    }

    private synchronized boolean idle() {
        return computing.isEmpty();
    }

    /** Batches that were not looked up completely. */
    synchronized int queuedBatches() {
        return waiting.size();
    }

    SampleEncoder encoder() {
        return encoder;
    }

    /** The outputs of each sample, by their places among the model's. */
    int[] outputs() {
        return outputs;
    }

    boolean closed() {
        return closed;
    }

    /** One slice a turn, so that lanes take turns. */
    private void run() {
        PendingAnswer slice = next();
        if (slice == null) {
            return;
        }
        lookups.lookUp(slice, IntStream.range(0, slice.cells()).toArray());
        lookups.execute(this::run);
    }

    /** The next samples that may be looked up; null if there are none, until {@link #wake}. */
    private synchronized @Nullable PendingAnswer next() {
        while (!closed && !waiting.isEmpty()) {
            Lookup head = waiting.element();
            if (head.remaining() == 0) {
                waiting.remove();
                continue;
            }
            int room = Math.min(MAX_SLICE, lookups.maxAhead() - ahead);
            int wanted = Math.min(room, head.remaining());
            int count = wanted <= 0 ? 0 : admission.reserve(wanted, head.samples());
            if (count == 0) {
                break;
            }
            ahead += count;
            PendingAnswer slice = new PendingAnswer(lookups, this, head, head.take(count), count);
            if (head.remaining() == 0) {
                waiting.remove();
            }
            return slice;
        }
        running = false;
        return null;
    }

    /** Hands samples to the batcher; returns false if it is closed, or this lane is. */
    boolean compute(MissJob job) {
        synchronized (this) {
            if (closed) {
                return false;
            }
            computing.add(job);
        }
        if (misses.submit(job.job())) {
            return true;
        }
        finished(job);
        return false;
    }

    synchronized void finished(MissJob job) {
        computing.remove(job);
    }

    /** Drops the batches that wait. What others wait for is computed on their behalf. */
    @Override
    public void close() {
        List<Lookup> dropped;
        List<MissJob> abandoned;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            waiting.clear();
            dropped = List.copyOf(unanswered);
            unanswered.clear();
            abandoned = List.copyOf(computing);
        }
        dropped.forEach(lookup -> lookups.letGo(lookup.samples().heldBytes()));
        misses.close();
        abandoned.forEach(MissJob::abandon);
        lookups.remove(this);
    }
}

package io.reflux.teacher.batcher;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Groups waiting jobs into batches for the model.
 *
 * <p>A batch is sent when it is full, or when its first sample has waited for the window; where only one student is
 * connected and not stalled, nobody else can fill it, so it is sent at once. Lanes are served in turn, each giving up to its share of a
 * batch, and only what its {@link Admission} lets through: a student that does not receive gets no model time. Jobs
 * larger than a batch are cut into slices.
 *
 * <p>Thread-safe. Jobs that wait hold at most {@link BatcherConfig#maxQueuedBytes} of memory, and each worker one batch.
 */
public final class Batcher implements AutoCloseable {

    private final BatcherConfig config;
    private final List<Thread> workers = new ArrayList<>();

    /** Held by the one worker that is collecting a batch. */
    private final ReentrantLock collecting = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Lane> lanes = new ArrayList<>();
    private int turn;
    private long queuedBytes;
    private boolean closed;

    /** Starts the workers. */
    public Batcher(BatcherConfig config, SliceComputer computer) {
        this.config = config;
        for (int i = 0; i < config.workers(); i++) {
            Thread worker = new Thread(() -> work(computer), "reflux-batcher-" + i);
            worker.setDaemon(true);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
    }

    /** Opens a lane, to be closed by the caller. */
    public Lane open(Admission admission) {
        Lane lane = new Lane(this, admission);
        lock.lock();
        try {
            lanes.add(lane);
        } finally {
            lock.unlock();
        }
        return lane;
    }

    /** Jobs that have not entered the model completely. */
    public int queuedJobs() {
        lock.lock();
        try {
            return lanes.stream().mapToInt(lane -> lane.jobs().size()).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Memory held by the samples of {@link #queuedJobs}. */
    public long queuedBytes() {
        lock.lock();
        try {
            return queuedBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Lanes whose student holds up its own work. */
    public int stalledLanes() {
        lock.lock();
        try {
            return (int) lanes.stream().filter(Lane::stalled).count();
        } finally {
            lock.unlock();
        }
    }

    /** Drops all jobs, and waits until the batches in the model are done. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            List.copyOf(lanes).forEach(this::remove);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        for (Thread worker : workers) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    boolean submit(Lane lane, Job job) {
        lock.lock();
        try {
            long bytes = job.samples().heldBytes();
            if (closed || !lanes.contains(lane) || queuedBytes + bytes > config.maxQueuedBytes()) {
                return false;
            }
            queuedBytes += bytes;
            job.submittedAt(System.nanoTime());
            lane.jobs().add(job);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close(Lane lane) {
        lock.lock();
        try {
            remove(lane);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void remove(Lane lane) {
        if (lanes.remove(lane)) {
            lane.jobs().forEach(job -> queuedBytes -= job.samples().heldBytes());
            lane.jobs().clear();
        }
    }

    private void work(SliceComputer computer) {
        while (true) {
            List<Slice> batch = take();
            if (batch.isEmpty()) {
                return;
            }
            computer.compute(batch);
        }
    }

    /** The next batch; empty when the batcher is closed. */
    private List<Slice> take() {
        collecting.lock();
        try {
            return collect();
        } finally {
            collecting.unlock();
        }
    }

    private List<Slice> collect() {
        List<Slice> batch = new ArrayList<>();
        long waited = 0;
        lock.lock();
        try {
            int samples = 0;
            while (!closed) {
                samples += addSlices(batch, config.maxSamples() - samples);
                long left = config.window().toNanos() - waited;
                if (samples == config.maxSamples() || samples > 0 && (left <= 0 || nobodyElseCanFill())) {
                    return batch;
                }
                long before = System.nanoTime();
                await(samples == 0 ? Long.MAX_VALUE : left);
                waited += samples == 0 ? 0 : System.nanoTime() - before;
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    /** Whether at most one lane can still add samples: one that its admission holds back is not waited for. */
    private boolean nobodyElseCanFill() {
        return lanes.stream().filter(lane -> !lane.stalled()).limit(2).count() < 2;
    }

    private void await(long nanos) {
        try {
            changed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // Nobody but a foreign hand interrupts a worker; close() is how it ends.
            closed = true;
        }
    }

    /** Adds up to {@code room} samples, lane by lane, and says how many. */
    private int addSlices(List<Slice> batch, int room) {
        int left = room;
        int idle = 0;
        while (left > 0 && idle < lanes.size()) {
            turn = (turn + 1) % lanes.size();
            Lane lane = lanes.get(turn);
            dropFinished(lane);
            int share = (config.maxSamples() + lanes.size() - 1) / lanes.size();
            Slice slice = lane.next(Math.min(left, share));
            if (slice == null) {
                idle++;
            } else {
                idle = 0;
                left -= slice.count();
                add(batch, slice);
                dropFinished(lane);
            }
        }
        return room - left;
    }

    private void dropFinished(Lane lane) {
        while (!lane.jobs().isEmpty() && lane.jobs().peek().remaining() == 0) {
            queuedBytes -= lane.jobs().remove().samples().heldBytes();
        }
    }

    /** Joins the slice to its neighbour of the same job, so that a lone lane's job is not cut by its share. */
    private static void add(List<Slice> batch, Slice slice) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            Slice other = batch.get(i);
            if (other.job() == slice.job() && other.first() + other.count() == slice.first()) {
                batch.set(i, new Slice(slice.job(), other.first(), other.count() + slice.count()));
                return;
            }
        }
        batch.add(slice);
    }
}

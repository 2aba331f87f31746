package io.reflux.teacher.batcher;

import java.util.ArrayList;
import java.util.List;
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

    private final ReentrantLock lock = new ReentrantLock();

    /** Where workers without work wait; one is woken for each piece of news, since a woken thread costs every core's caches. */
    private final Condition idle = lock.newCondition();

    /** Where the one worker that fills a batch waits for more. */
    private final Condition more = lock.newCondition();

    private boolean filling;
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
            idle.signalAll();
            more.signalAll();
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
            tellOne();
            return true;
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            if (anyReady()) {
                tellOne();
            }
        } finally {
            lock.unlock();
        }
    }

    void close(Lane lane) {
        lock.lock();
        try {
            remove(lane);
            tellOne();
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

    /** News for whoever fills a batch, else for one worker without work. */
    private void tellOne() {
        (filling ? more : idle).signal();
    }

    private boolean anyReady() {
        for (Lane lane : lanes) {
            if (!lane.jobs().isEmpty() && !lane.stalled()) {
                return true;
            }
        }
        return false;
    }

    /** The next batch; empty when the batcher is closed. */
    private List<Slice> take() {
        List<Slice> batch = new ArrayList<>();
        lock.lock();
        try {
            int samples = 0;
            while (!closed && (filling || (samples = addSlices(batch, config.maxSamples())) == 0)) {
                await(idle, Long.MAX_VALUE);
            }
            filling = true;
            fill(batch, samples);
            filling = false;
            if (anyReady()) {
                // Somebody else may take them while this batch is computed.
                idle.signal();
            }
            return closed ? List.of() : batch;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the window's length while somebody can still add to a batch of {@code taken} samples. */
    private void fill(List<Slice> batch, int taken) {
        int samples = taken;
        long left = config.window().toNanos();
        while (!closed && samples < config.maxSamples() && left > 0 && !nobodyElseCanFill()) {
            left = await(more, left);
            samples += addSlices(batch, config.maxSamples() - samples);
        }
    }

    /** Whether at most one lane can still add samples: one that its admission holds back is not waited for. */
    private boolean nobodyElseCanFill() {
        int able = 0;
        for (Lane lane : lanes) {
            able += lane.stalled() ? 0 : 1;
        }
        return able < 2;
    }

    /** Waits for news, and says how much of the time is left. */
    private long await(Condition news, long nanos) {
        try {
            return news.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // Nobody but a foreign hand interrupts a worker; close() is how it ends.
            closed = true;
            return 0;
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

package io.reflux.teacher.batcher;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Groups waiting jobs into batches for the model.
 *
 * <p>A batch has at most the size that the measured latency curve makes worth it ({@link BatchSize}); one that is smaller waits
 * for others only as long as that saves more time than it costs ({@link Patience}). Students share it equally
 * ({@link FairLanes}), and only what their {@link Admission} lets through enters the model: a student that does not receive
 * gets no model time. Jobs larger than a batch are cut into slices.
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

    private final FairLanes lanes = new FairLanes();
    private final Pace pace;
    private boolean filling;
    private boolean closed;

    /** Starts the workers. */
    public Batcher(BatcherConfig config, SliceComputer computer) {
        this.config = config;
        this.pace = new Pace(config);
        for (int i = 0; i < config.workers(); i++) {
            Thread worker = new Thread(() -> work(computer), "reflux-batcher-" + i);
            worker.setDaemon(true);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
    }

    /** Opens a lane, to be closed by the caller. */
    public Lane open(Admission admission) {
        LaneQueue queue = new LaneQueue(admission);
        lock.lock();
        try {
            lanes.add(queue);
        } finally {
            lock.unlock();
        }
        return new Lane(this, queue);
    }

    /** How things stand now. */
    public BatcherState state() {
        lock.lock();
        try {
            int jobs = 0;
            int stalled = 0;
            for (LaneQueue lane : lanes.all()) {
                jobs += lane.numJobs();
                stalled += lane.stalled() ? 1 : 0;
            }
            return new BatcherState(
                    jobs, lanes.heldBytes(), stalled, pace.target(), pace.lastWait(), pace.nanosPerSample());
        } finally {
            lock.unlock();
        }
    }

    /** Forgets how fast the model was, since another one answers from now on. */
    public void modelChanged() {
        lock.lock();
        try {
            pace.forget();
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
            List.copyOf(lanes.all()).forEach(lanes::remove);
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

    boolean submit(LaneQueue lane, Job job) {
        lock.lock();
        try {
            long bytes = lanes.heldBytes() + job.samples().heldBytes();
            if (closed || !lanes.contains(lane) || bytes > config.maxQueuedBytes()) {
                return false;
            }
            lane.add(job, System.nanoTime());
            tellOne();
            return true;
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            if (lanes.ready() > 0) {
                tellOne();
            }
        } finally {
            lock.unlock();
        }
    }

    void close(LaneQueue lane) {
        lock.lock();
        try {
            lanes.remove(lane);
            tellOne();
        } finally {
            lock.unlock();
        }
    }

    private void work(SliceComputer computer) {
        while (true) {
            List<Slice> batch = take();
            if (batch.isEmpty()) {
                return;
            }
            int rows = batch.stream().mapToInt(Slice::count).sum();
            computer.compute(batch, (renderNanos, modelNanos) -> computed(rows, renderNanos, modelNanos));
        }
    }

    /** The model is done with a batch. Its answers are encoded while others use the model. */
    private void computed(int rows, long renderNanos, long modelNanos) {
        lock.lock();
        try {
            pace.done(rows, renderNanos, modelNanos, System.nanoTime());
            // A batch that waits because the model was busy has to think again.
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /** News for whoever fills a batch, else for one worker without work. */
    private void tellOne() {
        (filling ? more : idle).signal();
    }

    /** The next batch; empty when the batcher is closed. */
    private List<Slice> take() {
        List<Slice> batch = new ArrayList<>();
        lock.lock();
        try {
            while (!closed && (filling || lanes.ready() == 0)) {
                await(idle, Long.MAX_VALUE);
            }
            filling = true;
            fill(batch);
            filling = false;
            if (lanes.ready() > 0) {
                // Somebody else may take them while this batch is computed.
                idle.signal();
            }
            return closed ? List.of() : batch;
        } finally {
            lock.unlock();
        }
    }

    /** Fills a batch, and waits while that is worth it. */
    private void fill(List<Slice> batch) {
        int limit = 0;
        int rows = 0;
        long waited = 0;
        while (!closed) {
            if (rows == 0) {
                limit = pace.limit(lanes.ready());
            }
            rows += lanes.take(limit - rows, batch);
            long now = System.nanoTime();
            long patience = rows == 0 ? Long.MAX_VALUE : pace.patience(rows, limit - rows, waited, lanes.all(), now);
            if (patience <= 0) {
                pace.taken(rows, now);
                return;
            }
            boolean busy = pace.modelBusy();
            await(more, patience);
            waited += busy ? 0 : System.nanoTime() - now;
        }
    }

    /** Waits for news. */
    private void await(Condition news, long nanos) {
        try {
            news.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // Nobody but a foreign hand interrupts a worker; close() is how it ends.
            closed = true;
        }
    }
}

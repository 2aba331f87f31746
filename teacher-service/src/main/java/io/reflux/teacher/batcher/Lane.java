package io.reflux.teacher.batcher;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The waiting jobs of one student, in their order. Made by {@link Batcher#open}. */
public final class Lane implements AutoCloseable {

    private final Batcher batcher;
    private final Admission admission;

    /** Guarded by the batcher. */
    private final Deque<Job> jobs = new ArrayDeque<>();

    Lane(Batcher batcher, Admission admission) {
        this.batcher = batcher;
        this.admission = admission;
    }

    /**
     * Puts a job at the end of the lane.
     *
     * @return false if the batcher's queue is full or closed; the job is then not heard of again
     */
    public boolean submit(Job job) {
        return batcher.submit(this, job);
    }

    /** Tells the batcher that {@link Admission} may now let through what it held back. */
    public void wake() {
        batcher.wake();
    }

    /** Drops the jobs that wait. Slices that are in the model are still reported. */
    @Override
    public void close() {
        batcher.close(this);
    }

    Deque<Job> jobs() {
        return jobs;
    }

    /** Whether the student holds up its own work: its connection is full, or jobs wait for its credit. */
    boolean stalled() {
        return admission.full() || !jobs.isEmpty() && admission.stalled();
    }

    /** The next samples that may enter the model, at most {@code room}; null if there are none. */
    @Nullable
    Slice next(int room) {
        Job head = jobs.peek();
        if (head == null) {
            return null;
        }
        int count = admission.reserve(Math.min(room, head.remaining()), head.samples());
        return count == 0 ? null : head.take(count);
    }
}

package io.reflux.teacher.batcher;

/** One student's way into a batcher. Made by {@link Batcher#open}. Thread-safe. */
public final class Lane implements AutoCloseable {

    private final Batcher batcher;
    private final LaneQueue queue;

    Lane(Batcher batcher, LaneQueue queue) {
        this.batcher = batcher;
        this.queue = queue;
    }

    /**
     * Puts a job at the end of the lane.
     *
     * @return false if the batcher's queue is full or closed; the job is then not heard of again
     */
    public boolean submit(Job job) {
        return batcher.submit(queue, job);
    }

    /** Tells the batcher that {@link Admission} may now let through what it held back. */
    public void wake() {
        batcher.wake();
    }

    /** Drops the jobs that wait. Slices that are in the model are still reported. */
    @Override
    public void close() {
        batcher.close(queue);
    }
}

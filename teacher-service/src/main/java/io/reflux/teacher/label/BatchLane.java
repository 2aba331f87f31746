package io.reflux.teacher.label;

import io.reflux.teacher.batcher.Samples;

/** One student's way to its answers. Thread-safe. */
interface BatchLane extends AutoCloseable {

    /**
     * Puts a batch at the end of the lane.
     *
     * @return false if the queue is full or closed; the batch is then not heard of again
     */
    boolean submit(long batchId, Samples samples);

    /** The student's credit or connection now lets through what it held back. */
    void wake();

    /** Drops the batches that wait. */
    @Override
    void close();
}

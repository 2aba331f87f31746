package io.reflux.teacher.batcher;

/** Hears what a batcher does, to count it. Called on the batcher's threads. */
public interface BatcherListener {

    /** A slice left the queue after this time. */
    void dequeued(long queueNanos);

    /** The model computed a batch. */
    void computed(int samples, long computeNanos);
}

package io.reflux.teacher.batcher;

import io.reflux.teacher.engine.ModelShape;

/** One batch of a student. */
public final class Job {

    private final Samples samples;
    private final int[] outputs;
    private final SliceListener listener;

    /** Set once, by whoever fails the job first; what is left of the job is then not computed. */
    private volatile boolean failed;

    /** When the job was submitted, and the next sample to be taken; guarded by the batcher. */
    private long submittedNanos;

    private int next;

    /** A job for logits that is not submitted yet. */
    public Job(Samples samples, SliceListener listener) {
        this(samples, new int[] {ModelShape.LOGITS}, listener);
    }

    /**
     * A job that is not submitted yet.
     *
     * @param outputs what is asked for, indexes into {@link ModelShape#outputs}, at least one; taken over
     */
    public Job(Samples samples, int[] outputs, SliceListener listener) {
        this.samples = samples;
        this.outputs = outputs;
        this.listener = listener;
    }

    /** Of what it is asked for. */
    public Samples samples() {
        return samples;
    }

    /** What is asked for of each sample. */
    int[] outputs() {
        return outputs;
    }

    SliceListener listener() {
        return listener;
    }

    boolean failed() {
        return failed;
    }

    void fail() {
        failed = true;
    }

    void submittedAt(long nanos) {
        submittedNanos = nanos;
    }

    long submittedNanos() {
        return submittedNanos;
    }

    int remaining() {
        return failed ? 0 : untaken();
    }

    /** Samples that were not taken, whether or not they still will be. */
    int untaken() {
        return samples.count() - next;
    }

    Slice take(int count) {
        Slice slice = new Slice(this, next, count);
        next += count;
        return slice;
    }
}

package io.reflux.teacher.batcher;

/** One batch of a student. */
public final class Job {

    private final Samples samples;
    private final SliceListener listener;

    /** Set once, by whoever fails the job first; what is left of the job is then not computed. */
    private volatile boolean failed;

    /** When the job was submitted, and the next sample to be taken; guarded by the batcher. */
    private long submittedNanos;

    private int next;

    /** A job that is not submitted yet. */
    public Job(Samples samples, SliceListener listener) {
        this.samples = samples;
        this.listener = listener;
    }

    /** What is asked for. */
    public Samples samples() {
        return samples;
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

package io.reflux.teacher.lookup;

import io.reflux.teacher.batcher.Samples;
import java.util.concurrent.atomic.AtomicInteger;

/** One batch of a student on its way through the cache. */
final class Lookup {

    private final Samples samples;
    private final SampleKeys keys;
    private final AnswerListener listener;
    private final Runnable over;
    private final AtomicInteger unanswered;

    /** The next sample to be looked up; guarded by the lane. */
    private int next;

    private volatile boolean failed;

    /**
     * A batch of which nothing was looked up.
     *
     * @param over called when the last sample is answered, or one is failed, and perhaps again
     */
    Lookup(Samples samples, SampleKeys keys, AnswerListener listener, Runnable over) {
        this.samples = samples;
        this.keys = keys;
        this.listener = listener;
        this.over = over;
        this.unanswered = new AtomicInteger(samples.count());
    }

    Samples samples() {
        return samples;
    }

    SampleKeys keys() {
        return keys;
    }

    AnswerListener listener() {
        return listener;
    }

    /** Samples that were not looked up and will be. */
    int remaining() {
        return failed ? 0 : samples.count() - next;
    }

    /** The next samples; returns the first of them. */
    int take(int count) {
        int first = next;
        next += count;
        return first;
    }

    void answered(int count) {
        if (unanswered.addAndGet(-count) == 0) {
            over.run();
        }
    }

    void fail() {
        failed = true;
        over.run();
    }
}

package io.reflux.teacher.lookup;

import com.google.protobuf.ByteString;
import io.reflux.teacher.batcher.Failure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Consecutive samples of a batch that are answered together, as soon as the last of them is known. Thread-safe. */
final class PendingAnswer {

    private final LookupLane lane;
    private final Lookup lookup;
    private final int first;
    private final @Nullable Answer[] answers;

    private int missing;
    private boolean done;

    PendingAnswer(LookupLane lane, Lookup lookup, int first, int count) {
        this.lane = lane;
        this.lookup = lookup;
        this.first = first;
        this.answers = new @Nullable Answer[count];
        this.missing = count;
    }

    LookupLane lane() {
        return lane;
    }

    Lookup lookup() {
        return lookup;
    }

    /** The first sample, in the batch. */
    int first() {
        return first;
    }

    int count() {
        return answers.length;
    }

    /** Whether anybody is interested in the answer still. */
    synchronized boolean wanted() {
        return !done && !lane.closed();
    }

    /** A sample is known; the last one sends all. */
    void receive(int index, Answer answer) {
        synchronized (this) {
            if (done || answers[index] != null) {
                return;
            }
            answers[index] = answer;
            if (--missing > 0) {
                return;
            }
            done = true;
        }
        if (!lane.closed()) {
            deliver();
        }
        lookup.answered(answers.length);
    }

    /** In as few parts as there are models: two while the teacher changes its model, else one. */
    private void deliver() {
        int from = 0;
        while (from < answers.length) {
            ByteString digest = at(from).modelDigest();
            List<byte[]> rows = new ArrayList<>();
            long queue = 0;
            long compute = 0;
            int next = from;
            while (next < answers.length && at(next).modelDigest().equals(digest)) {
                Answer answer = at(next++);
                rows.add(answer.rows());
                queue = Math.max(queue, answer.queueNanos());
                compute = Math.max(compute, answer.computeNanos());
            }
            lookup.listener().answered(first + from, rows, digest, queue, compute);
            from = next;
        }
    }

    private Answer at(int index) {
        Answer answer = answers[index];
        if (answer == null) {
            throw new IllegalStateException("sample " + (first + index) + " is delivered without an answer");
        }
        return answer;
    }

    /** One of the samples has no answer. */
    void fail(Failure failure, String message) {
        synchronized (this) {
            if (done) {
                return;
            }
            done = true;
        }
        lookup.fail();
        if (!lane.closed()) {
            lookup.listener().failed(answers.length, failure, message);
        }
    }
}

package io.reflux.teacher.lookup;

import com.google.protobuf.ByteString;
import io.reflux.teacher.batcher.Failure;
import io.reflux.teacher.cache.RowKey;
import io.reflux.teacher.engine.ModelUse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consecutive samples of a batch that are answered together and by one model, as soon as the last of them is known. Each
 * of their outputs is a cell of its own: with K outputs those of sample i are the cells i K to i K + K - 1. Thread-safe.
 */
final class PendingAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(PendingAnswer.class);

    private final Lookups lookups;
    private final LookupLane lane;
    private final Lookup lookup;
    private final int first;
    private final @Nullable Answer[] answers;

    private int missing;
    private boolean done;

    PendingAnswer(Lookups lookups, LookupLane lane, Lookup lookup, int first, int count) {
        this.lookups = lookups;
        this.lane = lane;
        this.lookup = lookup;
        this.first = first;
        this.answers = new @Nullable Answer[Math.multiplyExact(count, lane.outputs().length)];
        this.missing = answers.length;
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

    /** Number of samples. */
    int count() {
        return answers.length / lane.outputs().length;
    }

    /** Outputs of all samples. */
    int cells() {
        return answers.length;
    }

    /** The sample, in the batch, that a cell is of. */
    int sample(int cell) {
        return first + cell / lane.outputs().length;
    }

    /** The output that a cell is of, by its place among those that the lane asks for. */
    int output(int cell) {
        return cell % lane.outputs().length;
    }

    /** The name of a cell's answer by a model. */
    @Nullable
    RowKey key(int cell, ByteString modelDigest) {
        return lookup.keys().key(sample(cell), output(cell), modelDigest);
    }

    /** Whether anybody is interested in the answer still. */
    synchronized boolean wanted() {
        return !done && !lane.closed();
    }

    /** An output of a sample is known; the last one hands all over. */
    void receive(int cell, Answer answer) {
        synchronized (this) {
            if (done || answers[cell] != null) {
                return;
            }
            answers[cell] = answer;
            if (--missing > 0) {
                return;
            }
        }
        if (lane.closed()) {
            end();
        } else {
            handOver();
        }
    }

    /**
     * Hands the answers over while the model that gave them answers still, so that no student gets them behind the news of
     * the next model. Those of a former one are looked up again.
     */
    private void handOver() {
        try (ModelUse model = lookups.model()) {
            int[] outdated = forgetAllButOf(model.digest());
            if (outdated.length > 0) {
                lookups.lookUpAgain(this, outdated);
            } else if (end()) {
                deliver(model.digest());
            }
        }
    }

    /** Forgets the answers of other models, and returns their cells. */
    private synchronized int[] forgetAllButOf(ByteString digest) {
        int[] outdated = IntStream.range(0, answers.length)
                .filter(cell -> !at(cell).modelDigest().equals(digest))
                .toArray();
        for (int cell : outdated) {
            answers[cell] = null;
        }
        missing = outdated.length;
        return outdated;
    }

    /** Returns false if it has ended before. */
    private boolean end() {
        synchronized (this) {
            if (done) {
                return false;
            }
            done = true;
        }
        lookup.answered(count());
        return true;
    }

    /**
     * Hands the answers to the batch's listener. One that cannot write them fails its own batch alone: whoever computed or found the
     * samples has others to answer.
     */
    private void deliver(ByteString modelDigest) {
        try {
            answer(modelDigest);
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.error("an answer could not be written", e);
            tellFailure(Failure.MODEL_FAILED, "answer: " + e.getMessage());
        }
    }

    private void answer(ByteString modelDigest) {
        List<List<byte[]>> rows = new ArrayList<>();
        for (int output = 0; output < lane.outputs().length; output++) {
            rows.add(new ArrayList<>(count()));
        }
        long queue = 0;
        long compute = 0;
        for (int cell = 0; cell < answers.length; cell++) {
            Answer answer = at(cell);
            rows.get(output(cell)).add(answer.rows());
            queue = Math.max(queue, answer.queueNanos());
            compute = Math.max(compute, answer.computeNanos());
        }
        lookup.listener().answered(first, rows, modelDigest, queue, compute);
    }

    private Answer at(int cell) {
        Answer answer = answers[cell];
        if (answer == null) {
            throw new IllegalStateException("sample " + sample(cell) + " is delivered without an answer");
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
        tellFailure(failure, message);
    }

    private void tellFailure(Failure failure, String message) {
        lookup.fail();
        if (!lane.closed()) {
            lookup.listener().failed(count(), failure, message);
        }
    }
}

package io.reflux.student.source;

import io.reflux.data.sampling.ViewBatch;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Where soft labels come from.
 *
 * <p>Every batch that is asked for is answered once: its future completes with its labels, or with a
 * {@link io.reflux.student.failure.TrainingFailure} when there will be none. Batches are asked for with increasing ids and may
 * be answered in any order. Labels that come out are finite and of {@link #modelDigest()}; anything else fails.
 *
 * <p>The caller bounds what is in flight by not asking, and says with {@link #release} when it has used labels; a source that
 * grants credit then grants as much again. Thread-safe. Whoever opened a source closes it; unanswered futures then fail.
 */
public interface SoftLabelSource extends AutoCloseable {
    /** Asks for the labels of views of the training set. */
    CompletableFuture<SoftLabels> request(ViewBatch batch);

    /** Asks for the labels of samples by value, as of the test set. */
    CompletableFuture<SoftLabels> request(SampleBatch batch);

    /** Says that labels have been used, once for each future that completed well. */
    default void release(SoftLabels labels) {}

    /** Returns the classes of the teacher. */
    int numClasses();

    /** Returns what comes beside the logits, in the order asked for. */
    default List<Hint> hints() {
        return List.of();
    }

    /** Returns how many samples a batch may have. */
    default int maxBatchRows() {
        return Integer.MAX_VALUE;
    }

    /** Returns how many unanswered batches are worked on; more wait in the source. */
    default int maxBatchesInFlight() {
        return Integer.MAX_VALUE;
    }

    /** Returns the SHA-256 of the teacher's model, 64 hexadecimal digits, of the one that answers now. */
    String modelDigest();

    /** Returns how the source stands now. */
    SourceState state();

    /** Returns how many times a connection has been made again. */
    default long reconnects() {
        return 0;
    }

    /** Returns the bytes of soft labels received over a wire. */
    default long labelBytes() {
        return 0;
    }

    @Override
    void close();
}

package io.reflux.student.remote;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.source.Hint;
import io.reflux.student.source.SampleBatch;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceState;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Soft labels from a teacher service.
 *
 * <p>One stream carries all batches. Demand is bounded in batches and in bytes; credit is granted again as labels are released.
 * A stream that breaks is made again with exponential back-off and jitter, the unanswered batches are sent again under their
 * old ids, and an answer that comes twice is dropped, so each batch is delivered once. Labels of another model, or with a
 * number that is not finite, fail the source. All state lives on one event loop; the methods may be called from any thread.
 */
public final class RemoteSource implements SoftLabelSource {
    private final TeacherTerms terms;
    private final BatchMessages messages;
    private final TeacherStream stream;

    private RemoteSource(RemoteConfig config, TeacherTerms terms, TeacherStream stream) {
        this.terms = terms;
        this.messages = new BatchMessages(config, terms.byValue());
        this.stream = stream;
    }

    /**
     * Reaches a teacher, checks that it fits, and opens the stream. Blocks until the teacher has described itself; not for event
     * loops.
     *
     * @param vertx stays the caller's to close, after the source
     * @param config what to ask
     * @throws TrainingFailure with code TEACHER_UNAVAILABLE when the teacher does not answer, ACCESS when it
     *     is not trusted or does not let the student in, MISMATCH when it does not fit
     */
    public static RemoteSource open(Vertx vertx, RemoteConfig config) {
        TeacherLine line = new TeacherLine(vertx, config);
        RemoteConfig.Patience patience = config.patience();
        Backoff backoff = new Backoff(patience.firstDelay(), patience.maxDelay(), new Random());
        try {
            TeacherTerms terms = TeacherTerms.of(config, new TeacherDescriber(line, config, backoff).describe());
            backoff.reset();
            TeacherStream stream = new TeacherStream(vertx, line, config, terms, backoff);
            stream.start();
            return new RemoteSource(config, terms, stream);
        } catch (RuntimeException e) {
            line.close();
            throw e;
        }
    }

    @Override
    public CompletableFuture<SoftLabels> request(ViewBatch batch) {
        return submit(messages.of(batch));
    }

    @Override
    public CompletableFuture<SoftLabels> request(SampleBatch batch) {
        return submit(messages.of(batch));
    }

    private CompletableFuture<SoftLabels> submit(PendingBatch batch) {
        stream.submit(batch);
        return batch.answer();
    }

    @Override
    public void release(SoftLabels labels) {
        stream.release(labels.batchId());
    }

    @Override
    public int numClasses() {
        return terms.classes();
    }

    @Override
    public List<Hint> hints() {
        return terms.hints().stream().map(HintTerms::hint).toList();
    }

    @Override
    public int maxBatchRows() {
        return terms.maxBatchRows();
    }

    @Override
    public int maxBatchesInFlight() {
        return terms.batchesInFlight();
    }

    @Override
    public String modelDigest() {
        return stream.modelDigest();
    }

    @Override
    public SourceState state() {
        return stream.state();
    }

    @Override
    public long reconnects() {
        return stream.reconnects();
    }

    @Override
    public long labelBytes() {
        return stream.labelBytes();
    }

    /** Ends the stream and the connection; blocks until that is done. Not for event loops. */
    @Override
    public void close() {
        stream.close(new TrainingFailure(TrainingFailure.Code.TEACHER_UNAVAILABLE, "soft-label source: closed"))
                .join();
    }
}

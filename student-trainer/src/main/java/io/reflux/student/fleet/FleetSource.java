package io.reflux.student.fleet;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.source.Hint;
import io.reflux.student.source.SampleBatch;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceState;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Soft labels from a fleet of teachers that may come and go.
 *
 * <p>Each batch is delivered once, by whichever teacher answers it first; what else comes is dropped, and its credit given back.
 * A teacher's fault is not the run's: it is left out, and its batches go to others. The source fails when every teacher is
 * quarantined or refused, when none has been there for long, or when a batch itself is at fault. All state lives on one event
 * loop; the methods may be called from any thread.
 */
public final class FleetSource implements SoftLabelSource {
    private final Context context;
    private final Roster roster;
    private final Dispatch dispatch;
    private volatile int numClasses;
    private volatile List<Hint> hints = List.of();
    private volatile int maxBatchRows;
    private volatile int maxInFlight;

    private FleetSource(
            Vertx vertx, FleetConfig config, Membership membership, TeacherDialer dialer, FleetWatch watch) {
        this.context = vertx.getOrCreateContext();
        this.dispatch = new Dispatch(vertx, context, config, watch);
        this.roster = new Roster(vertx, context, config, membership, dialer, watch, dispatch);
    }

    /**
     * Reaches the teachers, and returns when the first have been examined. Blocks; not for event loops.
     *
     * @param vertx stays the caller's to close, after the source
     * @param membership who the teachers are; closed with the source
     * @param dialer reaches them
     * @param watch told of everything
     * @throws TrainingFailure when none of the teachers can be used
     */
    public static FleetSource open(
            Vertx vertx, FleetConfig config, Membership membership, TeacherDialer dialer, FleetWatch watch) {
        FleetSource source = new FleetSource(vertx, config, membership, dialer, watch);
        try {
            SoftLabelSource first = source.roster.start().join();
            source.numClasses = first.numClasses();
            source.hints = first.hints();
            source.maxBatchRows = first.maxBatchRows();
            source.maxInFlight = first.maxBatchesInFlight();
            return source;
        } catch (CompletionException e) {
            source.close();
            if (e.getCause() instanceof TrainingFailure failure) {
                throw new TrainingFailure(failure.code(), String.valueOf(failure.getMessage()), failure);
            }
            throw e;
        }
    }

    @Override
    public CompletableFuture<SoftLabels> request(ViewBatch batch) {
        return submit(new WantedBatch(
                batch.batchId(),
                batch.views().size(),
                (teacher, id) -> teacher.request(new ViewBatch(
                        id, batch.epoch(), batch.batchInEpoch(), batch.batchesInEpoch(), batch.views()))));
    }

    @Override
    public CompletableFuture<SoftLabels> request(SampleBatch batch) {
        return submit(new WantedBatch(
                batch.batchId(), batch.rows(), (teacher, id) -> teacher.request(batch.withBatchId(id))));
    }

    private CompletableFuture<SoftLabels> submit(WantedBatch batch) {
        context.runOnContext(v -> dispatch.submit(batch));
        return batch.answer();
    }

    @Override
    public void release(SoftLabels labels) {
        dispatch.release(labels.batchId());
    }

    @Override
    public int numClasses() {
        return numClasses;
    }

    @Override
    public List<Hint> hints() {
        return hints;
    }

    @Override
    public int maxBatchRows() {
        return maxBatchRows;
    }

    @Override
    public int maxBatchesInFlight() {
        return maxInFlight;
    }

    @Override
    public String modelDigest() {
        return roster.modelDigest();
    }

    @Override
    public SourceState state() {
        return dispatch.state();
    }

    @Override
    public long reconnects() {
        return roster.reconnects();
    }

    @Override
    public long labelBytes() {
        return roster.labelBytes();
    }

    /** Leaves all teachers; blocks until that is done. Not for event loops. */
    @Override
    public void close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        context.runOnContext(v -> {
            dispatch.fail(new TrainingFailure(TrainingFailure.Code.TEACHER_UNAVAILABLE, "soft-label source: closed"));
            roster.close(closed);
        });
        closed.join();
    }
}

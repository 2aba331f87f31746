package io.reflux.teacher.label;

import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.teacher.access.Limit;
import io.reflux.teacher.batcher.Samples;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.StatusException;
import org.jspecify.annotations.Nullable;

/** Takes a student's batches to its lane, each under a new id and within the limits. Runs on the stream's event loop. */
final class BatchIntake {

    private final LabelStreams streams;
    private final Session session;
    private final UnansweredBatches unanswered;
    private long lastBatchId;
    private boolean anyBatch;

    /** An intake that has taken nothing. */
    BatchIntake(LabelStreams streams, Session session, UnansweredBatches unanswered) {
        this.streams = streams;
        this.session = session;
        this.unanswered = unanswered;
    }

    /**
     * Takes a batch, or answers it with an error.
     *
     * @param ending why the stream takes no more and ends soon; null: it takes batches
     * @throws StatusException if the batch breaks the protocol, so that the stream must end
     */
    void take(Batch batch, @Nullable StatusException ending) {
        long id = batch.getBatchId();
        requireNext(id);
        requireRoom();
        if (ending != null) {
            error(id, BatchErrorCode.BATCH_ERROR_CODE_OVERLOADED, ending.message());
            return;
        }
        Samples samples;
        try {
            samples = session.reader().read(batch);
        } catch (IllegalArgumentException e) {
            error(id, BatchErrorCode.BATCH_ERROR_CODE_INVALID, String.valueOf(e.getMessage()));
            return;
        }
        String refusal = unanswered.begin(id, samples.count(), samples.heldBytes());
        if (refusal != null) {
            error(id, BatchErrorCode.BATCH_ERROR_CODE_OVERLOADED, refusal);
            return;
        }
        if (!session.lane().submit(id, samples)) {
            unanswered.end(id);
            error(id, BatchErrorCode.BATCH_ERROR_CODE_OVERLOADED, "the queue is full; send the batch again later");
        }
    }

    private void requireNext(long id) {
        if (anyBatch && Long.compareUnsigned(id, lastBatchId) <= 0) {
            throw new StatusException(
                    GrpcStatus.INVALID_ARGUMENT,
                    "batch.batch_id: " + Long.toUnsignedString(id) + " (expected: above "
                            + Long.toUnsignedString(lastBatchId) + ")");
        }
        anyBatch = true;
        lastBatchId = id;
    }

    private void requireRoom() {
        int limit = streams.offer().limits().maxBatchesInFlight();
        if (unanswered.size() == limit) {
            streams.clients().refusals().count(Limit.BATCHES);
            throw new StatusException(
                    GrpcStatus.RESOURCE_EXHAUSTED,
                    "batches in flight: " + (unanswered.size() + 1) + " (expected: at most " + limit + ")");
        }
    }

    private void error(long batchId, BatchErrorCode code, String message) {
        session.outbox().error(batchId, code, message);
    }
}

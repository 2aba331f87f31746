package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.teacher.access.Limit;
import io.reflux.teacher.batcher.Failure;
import io.reflux.teacher.batcher.Job;
import io.reflux.teacher.batcher.Samples;
import io.reflux.teacher.batcher.Slice;
import io.reflux.teacher.batcher.SliceListener;
import io.vertx.core.Context;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.StatusException;
import java.util.List;

/**
 * Takes a student's batches to the batcher, and what becomes of them back to the stream's event loop. The batcher's
 * threads only encode.
 */
final class BatchIntake {

    private final LabelStreams streams;
    private final Context context;
    private final Session session;
    private final UnansweredBatches unanswered;
    private final Runnable changed;
    private long lastBatchId;
    private boolean anyBatch;

    /**
     * An intake that has taken nothing.
     *
     * @param context the stream's event loop
     * @param changed called there when there is something to send, or a batch will not be answered
     */
    BatchIntake(
            LabelStreams streams, Context context, Session session, UnansweredBatches unanswered, Runnable changed) {
        this.streams = streams;
        this.context = context;
        this.session = session;
        this.unanswered = unanswered;
        this.changed = changed;
    }

    /**
     * Takes a batch, or answers it with an error.
     *
     * @param draining whether the teacher takes no more
     * @throws StatusException if the batch breaks the protocol, so that the stream must end
     */
    void take(Batch batch, boolean draining) {
        long id = batch.getBatchId();
        requireNext(id);
        requireRoom();
        if (draining) {
            error(id, BatchErrorCode.BATCH_ERROR_CODE_OVERLOADED, "the teacher is draining; go to another one");
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
        if (!session.lane().submit(new Job(samples, new Slices(id)))) {
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

    /** Takes the slices of a batch from the batcher's threads to the event loop. */
    private final class Slices implements SliceListener {

        private final long batchId;

        Slices(long batchId) {
            this.batchId = batchId;
        }

        @Override
        public void computed(
                Slice slice, ByteString modelDigest, float[] logits, int offset, long queueNanos, long computeNanos) {
            List<LabelResponse> messages =
                    session.encoder().encode(batchId, slice, modelDigest, logits, offset, queueNanos, computeNanos);
            context.runOnContext(run -> {
                session.outbox().add(messages);
                changed.run();
            });
        }

        @Override
        public void failed(Slice slice, Failure failure, String message) {
            context.runOnContext(run -> {
                session.credit().release(slice.count(), slice.job().samples());
                if (unanswered.end(batchId)) {
                    error(batchId, code(failure), message);
                }
                changed.run();
            });
        }
    }

    private static BatchErrorCode code(Failure failure) {
        return switch (failure) {
            case INVALID -> BatchErrorCode.BATCH_ERROR_CODE_INVALID;
            case NON_FINITE -> BatchErrorCode.BATCH_ERROR_CODE_NON_FINITE;
            case MODEL_FAILED -> BatchErrorCode.BATCH_ERROR_CODE_MODEL_FAILED;
        };
    }
}

package io.reflux.teacher.label;

import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.BatchError;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Open;
import io.reflux.proto.v1.Opened;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.teacher.access.AccessGate;
import io.reflux.teacher.access.Limit;
import io.reflux.teacher.batcher.Failure;
import io.reflux.teacher.batcher.Job;
import io.reflux.teacher.batcher.Lane;
import io.reflux.teacher.batcher.Samples;
import io.reflux.teacher.batcher.Slice;
import io.reflux.teacher.batcher.SliceListener;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.MessageSizeOverflowException;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import io.vertx.grpc.server.StatusException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code Label} call, from its first message to its end. Runs on the stream's event loop; the batcher's threads only
 * encode answers and hand them over.
 *
 * <p>Everything is bounded: unanswered batches by the limits, computed answers by the credit, and errors, which need no
 * credit, by not reading further while the connection is full.
 *
 * <p>The stream ends with OK when the student has half-closed and all its batches are answered, with a status when the
 * student breaks the protocol or the teacher drains, and without either when the student cancels or is gone.
 */
final class LabelStream {

    private static final Logger LOG = LoggerFactory.getLogger(LabelStream.class);

    private static final int MAX_MESSAGE_LENGTH = 1024;
    private static final String IDENTITY = "identity";
    private static final GrpcMessageDecoder<LabelRequest> DECODER =
            DistillationCalls.labelServer().decoder();

    private final LabelStreams streams;
    private final Offer offer;
    private final Context context;
    private final GrpcServerRequest<LabelRequest, LabelResponse> request;
    private final GrpcServerResponse<LabelRequest, LabelResponse> response;
    private final long openTimer;

    private final UnansweredBatches unanswered;
    private final Deque<Answer> outbox = new ArrayDeque<>();

    private @Nullable Session session;
    private long lastBatchId;
    private boolean anyBatch;
    private boolean inputEnded;
    private boolean draining;
    private boolean waitingForDrain;
    private boolean ended;

    /** What exists once the stream is open. */
    private record Session(Terms terms, BatchReader reader, LabelEncoder encoder, CreditAccount credit, Lane lane) {}

    /** A message that waits for credit. */
    private record Answer(LabelResponse message, long batchId, int samples) {}

    LabelStream(LabelStreams streams, Vertx vertx, GrpcServerRequest<LabelRequest, LabelResponse> request) {
        this.streams = streams;
        this.offer = streams.offer();
        this.context = vertx.getOrCreateContext();
        this.request = request;
        this.response = request.response();
        this.unanswered =
                new UnansweredBatches(streams.clients().of(request.headers().get(AccessGate.CLIENT)));
        this.openTimer = vertx.setTimer(offer.limits().openTimeout().toMillis(), timer -> openTimedOut());
        request.errorHandler(error -> gone("cancelled: " + error));
        request.exceptionHandler(failure -> gone(failure.toString()));
        // After the half-close this is the only sign that the connection is lost.
        response.exceptionHandler(failure -> gone(failure.toString()));
        request.invalidMessageHandler(invalid -> refuse(invalidFrame(invalid)));
        request.messageHandler(this::decode);
        request.endHandler(done -> {
            inputEnded = true;
            endIfDone();
        });
    }

    /** Joins the teacher's streams, or ends at once if there is no room. */
    void admit() {
        if (streams.add(this)) {
            // Without it the student would hear nothing before the first message.
            response.writeHead();
        } else {
            refuse(new StatusException(GrpcStatus.UNAVAILABLE, "the teacher is draining or full; go to another one"));
        }
    }

    /** Takes no more batches, and ends when those taken are answered. From any thread. */
    void drain() {
        context.runOnContext(run -> {
            draining = true;
            endIfDone();
        });
    }

    private void openTimedOut() {
        if (session == null && !ended) {
            refuse(new StatusException(
                    GrpcStatus.DEADLINE_EXCEEDED,
                    "open: not received within " + offer.limits().openTimeout().toMillis() + " ms"));
        }
    }

    private StatusException invalidFrame(Throwable invalid) {
        if (invalid instanceof MessageSizeOverflowException) {
            streams.clients().refusals().count(Limit.MESSAGE);
            return new StatusException(
                    GrpcStatus.RESOURCE_EXHAUSTED,
                    "message: larger than " + offer.limits().maxMessageBytes() + " bytes, the limit");
        }
        return new StatusException(GrpcStatus.INVALID_ARGUMENT, "message: malformed");
    }

    private void decode(GrpcMessage message) {
        if (ended) {
            return;
        }
        try {
            if (!message.encoding().equals(IDENTITY)) {
                // Inflating would block the event loop, and a small message could become a huge one.
                throw new StatusException(
                        GrpcStatus.UNIMPLEMENTED,
                        "message: compressed with " + message.encoding() + " (expected: not)");
            }
            receive(DECODER.decode(message));
        } catch (StatusException e) {
            refuse(e);
        } catch (CodecException e) {
            refuse(new StatusException(GrpcStatus.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            LOG.error("a message could not be handled", e);
            refuse(new StatusException(GrpcStatus.INTERNAL, "the teacher failed on a message; see its log"));
        }
    }

    private void receive(LabelRequest message) {
        switch (message.getMessageCase()) {
            case OPEN -> open(message.getOpen());
            case BATCH -> batch(opened(), message.getBatch());
            case CREDIT -> grant(opened(), message.getCredit().getBytes());
            case MESSAGE_NOT_SET ->
                throw new StatusException(
                        GrpcStatus.INVALID_ARGUMENT, "message: empty (expected: open, batch or credit)");
        }
    }

    private Session opened() {
        if (session == null) {
            throw new StatusException(GrpcStatus.INVALID_ARGUMENT, "first message: not open (expected: open)");
        }
        return session;
    }

    private void open(Open open) {
        if (session != null) {
            throw new StatusException(GrpcStatus.INVALID_ARGUMENT, "open: sent again (expected: once)");
        }
        Terms terms = Terms.negotiate(offer, open);
        LabelEncoder encoder = new LabelEncoder(offer, terms);
        CreditAccount credit = new CreditAccount(offer.limits().maxCreditBytes(), encoder.sampleBytes());
        session = new Session(
                terms,
                new BatchReader(offer, terms),
                encoder,
                credit,
                streams.batcher().open(credit));
        String id = streams.nextId();
        LOG.info(
                "{}: student {} opened with {}",
                id,
                terms.student(),
                terms.encoding().description().getKind());
        write(LabelResponse.newBuilder()
                .setOpened(Opened.newBuilder()
                        .setStreamId(id)
                        .setModelDigest(offer.engine().digest())
                        .setEncoding(terms.encoding().description())
                        .addOutputs(offer.logits())
                        .setLimits(offer.limits().toProto()))
                .build());
        grant(session, open.getCreditBytes());
    }

    private void grant(Session session, long bytes) {
        session.credit().grant(bytes);
        flush();
    }

    private void batch(Session session, Batch batch) {
        long id = batch.getBatchId();
        if (anyBatch && Long.compareUnsigned(id, lastBatchId) <= 0) {
            throw new StatusException(
                    GrpcStatus.INVALID_ARGUMENT,
                    "batch.batch_id: " + Long.toUnsignedString(id) + " (expected: above "
                            + Long.toUnsignedString(lastBatchId) + ")");
        }
        anyBatch = true;
        lastBatchId = id;
        if (unanswered.size() == offer.limits().maxBatchesInFlight()) {
            streams.clients().refusals().count(Limit.BATCHES);
            throw new StatusException(
                    GrpcStatus.RESOURCE_EXHAUSTED,
                    "batches in flight: " + (unanswered.size() + 1) + " (expected: at most "
                            + offer.limits().maxBatchesInFlight() + ")");
        }
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
        if (!session.lane().submit(new Job(samples, new Slices(session, id)))) {
            unanswered.end(id);
            error(id, BatchErrorCode.BATCH_ERROR_CODE_OVERLOADED, "the queue is full; send the batch again later");
        }
    }

    /** Takes the slices of a batch from the batcher's threads to the event loop. */
    private final class Slices implements SliceListener {

        private final Session session;
        private final long batchId;

        Slices(Session session, long batchId) {
            this.session = session;
            this.batchId = batchId;
        }

        @Override
        public void computed(Slice slice, float[] logits, int offset, long queueNanos, long computeNanos) {
            List<LabelResponse> messages =
                    session.encoder().encode(batchId, slice, logits, offset, queueNanos, computeNanos);
            context.runOnContext(run -> {
                for (LabelResponse message : messages) {
                    outbox.add(new Answer(message, batchId, message.getLabels().getSamples()));
                }
                flush();
            });
        }

        @Override
        public void failed(Slice slice, Failure failure, String message) {
            context.runOnContext(run -> {
                session.credit().release(slice.count());
                if (unanswered.end(batchId)) {
                    error(batchId, code(failure), message);
                }
                flush();
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

    private void error(long batchId, BatchErrorCode code, String message) {
        streams.metrics().batchError(code);
        String shortened =
                message.length() <= MAX_MESSAGE_LENGTH ? message : message.substring(0, MAX_MESSAGE_LENGTH) + "...";
        write(LabelResponse.newBuilder()
                .setError(BatchError.newBuilder()
                        .setBatchId(batchId)
                        .setCode(code)
                        .setMessage(shortened))
                .build());
    }

    /** Sends what credit and connection allow, then tells the batcher how things stand. */
    private void flush() {
        if (ended || session == null) {
            return;
        }
        CreditAccount credit = session.credit();
        while (!outbox.isEmpty() && credit.maySend() && !response.writeQueueFull()) {
            send(session, outbox.remove());
        }
        if (!ended) {
            session.lane().wake();
            endIfDone();
        }
    }

    private void send(Session session, Answer answer) {
        if (!unanswered.sent(answer.batchId(), answer.samples())) {
            // Another part of the batch failed, and the student was told so.
            session.credit().release(answer.samples());
            return;
        }
        int bytes = answer.message().getLabels().getSerializedSize();
        session.credit().spend(bytes, answer.samples());
        streams.metrics().sent(answer.samples(), bytes);
        write(answer.message());
    }

    private void write(LabelResponse message) {
        if (ended) {
            return;
        }
        response.write(message);
        if (response.writeQueueFull() && !waitingForDrain) {
            waitingForDrain = true;
            // Errors need no credit; a student that does not receive them is not listened to either.
            request.pause();
            writable(false);
            response.drainHandler(drained -> {
                waitingForDrain = false;
                writable(true);
                request.resume();
                flush();
            });
        }
    }

    private void writable(boolean now) {
        if (session != null) {
            session.credit().writable(now);
        }
    }

    private void endIfDone() {
        if (ended) {
            return;
        }
        if (!unanswered.isEmpty()) {
            if (inputEnded && session != null && !session.credit().maySend()) {
                // Credit can come no more, so the stream would stay for as long as its connection.
                refuse(new StatusException(
                        GrpcStatus.FAILED_PRECONDITION,
                        "credit: used up after the half-close, " + unanswered.size()
                                + " batches unanswered (expected: enough before it)"));
            }
            return;
        }
        if (inputEnded) {
            if (session == null) {
                refuse(new StatusException(
                        GrpcStatus.INVALID_ARGUMENT, "stream: ended without a message (expected: open)"));
                return;
            }
            close();
            response.end();
        } else if (draining) {
            refuse(new StatusException(GrpcStatus.UNAVAILABLE, "the teacher is draining; go to another one"));
        }
    }

    private void refuse(StatusException refusal) {
        if (ended) {
            return;
        }
        LOG.info("stream refused: {}: {}", refusal.status(), refusal.message());
        close();
        response.status(refusal.status()).statusMessage(refusal.message()).end();
    }

    private void gone(String why) {
        if (!ended) {
            LOG.info("stream lost: {}", why);
            close();
        }
    }

    /** Lets go of everything; nothing is written afterwards but the status. */
    private void close() {
        ended = true;
        context.owner().cancelTimer(openTimer);
        outbox.clear();
        unanswered.clear();
        if (session != null) {
            session.lane().close();
        }
        streams.remove(this);
    }
}

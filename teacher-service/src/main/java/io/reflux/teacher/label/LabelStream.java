package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Open;
import io.reflux.teacher.access.AccessGate;
import io.reflux.teacher.access.Limit;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.StatusException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one {@code Label} call, from its first message to its end. Runs on the stream's event loop.
 *
 * <p>Everything is bounded: unanswered batches by the limits, computed answers by the credit, and errors, which need no
 * credit, by not reading further while the connection is full.
 *
 * <p>The stream ends with OK when the student has half-closed and all its batches are answered, with a status when the
 * student breaks the protocol or the teacher drains, and without either when the student cancels or is gone.
 */
final class LabelStream implements LabelCall.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(LabelStream.class);

    private final LabelStreams streams;
    private final Offer offer;
    private final Context context;
    private final LabelCall call;
    private final long openTimer;
    private final UnansweredBatches unanswered;

    private @Nullable Session session;
    private @Nullable BatchIntake intake;
    private boolean inputEnded;
    /** Why the stream takes no more batches and ends when those taken are answered; null: it goes on. */
    private @Nullable StatusException ending;

    /** The model that the student was told of last. */
    private ByteString announced = ByteString.EMPTY;

    private final Promise<Void> over = Promise.promise();

    LabelStream(LabelStreams streams, Vertx vertx, GrpcServerRequest<LabelRequest, LabelResponse> request) {
        this.streams = streams;
        this.offer = streams.offer();
        this.context = vertx.getOrCreateContext();
        this.unanswered =
                new UnansweredBatches(streams.clients().of(request.headers().get(AccessGate.CLIENT)));
        this.openTimer = vertx.setTimer(offer.limits().openTimeout().toMillis(), timer -> openTimedOut());
        this.call = new LabelCall(request, offer.limits().maxMessageBytes(), this);
    }

    /** Joins the teacher's streams, or ends at once if there is no room. */
    void admit() {
        if (streams.add(this)) {
            call.accept();
        } else {
            broken(new StatusException(GrpcStatus.UNAVAILABLE, "the teacher is draining or full; go to another one"));
        }
    }

    /** Takes no more batches, and ends when those taken are answered. From any thread. */
    void drain() {
        context.runOnContext(run ->
                endWith(new StatusException(GrpcStatus.UNAVAILABLE, "the teacher is draining; go to another one")));
    }

    /**
     * If the student takes labels of no such model, takes no more batches, and ends when those taken are answered. From any thread.
     *
     * @return completed when the stream has ended, or need not
     */
    Future<Void> retire(ByteString next) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(run -> {
            if (session == null || session.terms().allow(next)) {
                done.complete();
            } else {
                over.future().onComplete(done);
                endWith(session.terms().refusalOf(next));
            }
        });
        return done.future();
    }

    /** Another model answers from now on. From any thread, between the labels of both. */
    void modelChanged(ByteString next) {
        context.runOnContext(run -> turnTo(next));
    }

    private void turnTo(ByteString next) {
        if (session == null || next.equals(announced)) {
            return;
        }
        if (session.terms().allow(next)) {
            announced = next;
            session.outbox().modelChanged(next);
            flush();
        } else {
            broken(session.terms().refusalOf(next));
        }
    }

    private void endWith(StatusException status) {
        if (ending == null) {
            ending = status;
        }
        endIfDone();
    }

    private void openTimedOut() {
        if (session == null) {
            broken(new StatusException(
                    GrpcStatus.DEADLINE_EXCEEDED,
                    "open: not received within " + offer.limits().openTimeout().toMillis() + " ms"));
        }
    }

    @Override
    public void receive(LabelRequest message) {
        switch (message.getMessageCase()) {
            case OPEN -> open(message.getOpen());
            case BATCH -> opened(intake).take(message.getBatch(), ending);
            case CREDIT -> {
                opened(session).credit().grant(message.getCredit().getBytes());
                flush();
            }
            case MESSAGE_NOT_SET ->
                throw new StatusException(
                        GrpcStatus.INVALID_ARGUMENT, "message: empty (expected: open, batch or credit)");
        }
    }

    private static <T> T opened(@Nullable T part) {
        if (part == null) {
            throw new StatusException(GrpcStatus.INVALID_ARGUMENT, "first message: not open (expected: open)");
        }
        return part;
    }

    private void open(Open open) {
        if (session != null) {
            throw new StatusException(GrpcStatus.INVALID_ARGUMENT, "open: sent again (expected: once)");
        }
        announced = offer.engine().digest();
        Session begun = begin(Terms.negotiate(offer, announced, open));
        session = begun;
        intake = new BatchIntake(streams, begun, unanswered);
        String id = streams.nextId();
        LOG.info(
                "{}: student {} opened with {}",
                id,
                begun.terms().student(),
                begun.terms().describe());
        call.write(LabelResponse.newBuilder()
                .setOpened(begun.terms()
                        .granted(offer)
                        .setStreamId(id)
                        .setModelDigest(announced)
                        .setLimits(offer.limits().toProto()))
                .build());
        begun.credit().grant(open.getCreditBytes());
        flush();
    }

    private Session begin(Terms terms) {
        LabelEncoder encoder = new LabelEncoder(terms, streams.fidelity());
        CreditAccount credit = encoder.account(offer.limits().maxCreditBytes());
        Outbox outbox = new Outbox(call, terms.outputNames(), credit, unanswered, streams.metrics());
        AnswerDesk desk = new AnswerDesk(context, outbox, credit, unanswered, this::flush);
        return new Session(
                terms, new BatchReader(offer, terms), credit, streams.lane(terms, credit, encoder, desk), outbox);
    }

    /** Sends what credit and connection allow, then tells the batcher how things stand. */
    private void flush() {
        if (call.ended() || session == null) {
            return;
        }
        session.outbox().flush();
        if (!call.ended()) {
            session.lane().wake();
            endIfDone();
        }
    }

    @Override
    public void writable(boolean now) {
        if (session != null) {
            session.credit().writable(now);
        }
        if (now) {
            flush();
        }
    }

    @Override
    public void halfClosed() {
        inputEnded = true;
        endIfDone();
    }

    private void endIfDone() {
        if (call.ended()) {
            return;
        }
        if (!unanswered.isEmpty()) {
            if (inputEnded && session != null && !session.credit().maySend()) {
                // Credit can come no more, so the stream would stay for as long as its connection.
                broken(new StatusException(
                        GrpcStatus.FAILED_PRECONDITION,
                        "credit: used up after the half-close, " + unanswered.size()
                                + " batches unanswered (expected: enough before it)"));
            }
        } else if (inputEnded && session == null) {
            broken(new StatusException(
                    GrpcStatus.INVALID_ARGUMENT, "stream: ended without a message (expected: open)"));
        } else if (inputEnded) {
            close();
            call.end();
        } else if (ending != null) {
            broken(ending);
        }
    }

    @Override
    public void tooLarge() {
        streams.clients().refusals().count(Limit.MESSAGE);
    }

    @Override
    public void broken(StatusException refusal) {
        if (call.ended()) {
            return;
        }
        LOG.info("stream refused: {}: {}", refusal.status(), refusal.message());
        close();
        call.end(refusal);
    }

    @Override
    public void lost(String why) {
        if (!call.ended()) {
            LOG.info("stream lost: {}", why);
            close();
        }
    }

    /** Lets go of everything; nothing is written afterwards but the status. */
    private void close() {
        call.silence();
        context.owner().cancelTimer(openTimer);
        unanswered.clear();
        if (session != null) {
            session.outbox().clear();
            session.lane().close();
        }
        streams.remove(this);
        over.tryComplete();
    }
}

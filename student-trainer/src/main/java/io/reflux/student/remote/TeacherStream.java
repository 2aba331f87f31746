package io.reflux.student.remote;

import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.Credit;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Opened;
import io.reflux.proto.wire.Digests;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.source.SourceState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream to a teacher, made again with exponential back-off and jitter whenever it breaks, until the teacher is given up.
 * Everything happens on one event loop; what may be called from other threads says so.
 */
final class TeacherStream {
    private static final Logger LOG = LoggerFactory.getLogger(TeacherStream.class);
    private static final long WATCH_MILLIS = 200;

    private final Vertx vertx;
    private final Context context;
    private final TeacherLine line;
    private final RemoteConfig config;
    private final Backoff backoff;
    private final LabelExchange exchange;
    private final StreamOpening opening;
    private final ReleasedLabels released;
    private final AtomicLong reconnects = new AtomicLong();
    private final AtomicLong labelBytes = new AtomicLong();
    private volatile SourceState state = SourceState.CONNECTING;

    private @Nullable LabelCall call;
    private boolean opened;
    private long watchTimer = -1;
    private long lastAnswerNanos = System.nanoTime();
    /** When the stream broke for the first time since the teacher last answered; null when it has not. */
    private @Nullable Long brokenSinceNanos;

    private @Nullable TrainingFailure failure;

    /** Makes no connection yet; takes over the line and closes it. */
    TeacherStream(Vertx vertx, TeacherLine line, RemoteConfig config, TeacherTerms terms, Backoff backoff) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.line = line;
        this.config = config;
        this.backoff = backoff;
        this.exchange = new LabelExchange(terms, config.answers());
        this.opening = new StreamOpening(config, terms, exchange);
        // Credit is granted by the quarter window, so nothing is won by waking the event loop for each batch.
        this.released = new ReleasedLabels(Math.max(1, terms.batchesInFlight() / 4));
    }

    /** Begins to connect; from any thread. */
    void start() {
        context.runOnContext(v -> {
            watchTimer = vertx.setPeriodic(WATCH_MILLIS, timer -> watch());
            connect();
        });
    }

    /** Asks for a batch; from any thread. */
    void submit(PendingBatch batch) {
        context.runOnContext(v -> {
            TrainingFailure failed = failure;
            if (failed != null) {
                batch.answer().completeExceptionally(failed);
                return;
            }
            exchange.add(batch);
            guarded(this::pump);
        });
    }

    /** Takes in that labels were used; from any thread. */
    void release(long batchId) {
        if (released.add(batchId)) {
            context.runOnContext(v -> guarded(this::pump));
        }
    }

    /** Returns how the stream stands; from any thread. */
    SourceState state() {
        return state;
    }

    /** Returns how many times the stream was made again; from any thread. */
    long reconnects() {
        return reconnects.get();
    }

    /** Returns the digest of the model that answers now; from any thread. */
    String modelDigest() {
        return exchange.modelDigest();
    }

    /** Returns the bytes of labels received; from any thread. */
    long labelBytes() {
        return labelBytes.get();
    }

    private void connect() {
        if (state == SourceState.CLOSED) {
            return;
        }
        opened = false;
        released.settle(exchange);
        call = LabelCall.open(vertx, context, line, opening.open(), new LabelCall.Listener() {
            @Override
            public void onMessage(LabelResponse message) {
                guarded(() -> receive(message));
            }

            @Override
            public void onEnd(@Nullable GrpcStatus status, String reason, boolean fatal) {
                broken(new StreamEnd(status, reason, fatal, opened));
            }
        });
    }

    private void receive(LabelResponse message) {
        switch (message.getMessageCase()) {
            case OPENED -> opened(message.getOpened());
            case LABELS -> {
                answered();
                labelBytes.addAndGet(message.getSerializedSize());
                exchange.receive(message.getLabels());
                pump();
            }
            case ERROR -> {
                answered();
                if (exchange.receive(message.getError())) {
                    vertx.setTimer(backoff.nextMillis(), timer -> guarded(this::pump));
                }
            }
            case MODEL_CHANGED -> {
                exchange.modelChanged(Digests.toHex(message.getModelChanged().getModelDigest()));
                pump();
            }
            case MESSAGE_NOT_SET -> LOG.debug("teacher {}: a message of a later version", config.address());
        }
    }

    private void answered() {
        lastAnswerNanos = System.nanoTime();
        recovered();
    }

    /** A teacher is well again once it answers: one that opens streams only to drop them would be tried without end. */
    private void recovered() {
        if (brokenSinceNanos != null) {
            brokenSinceNanos = null;
            backoff.reset();
        }
    }

    private void opened(Opened message) {
        opening.opened(message);
        if (state == SourceState.RECONNECTING) {
            reconnects.incrementAndGet();
            LOG.info("teacher {}: connected again", config.address());
        }
        opened = true;
        lastAnswerNanos = System.nanoTime();
        state = SourceState.STREAMING;
        if (exchange.idle()) {
            recovered();
        }
        pump();
    }

    /** Sends what may be sent. */
    private void pump() {
        released.settle(exchange);
        LabelCall open = call;
        if (!opened || open == null) {
            return;
        }
        long grant = exchange.takeGrant();
        if (grant > 0) {
            open.send(LabelRequest.newBuilder()
                    .setCredit(Credit.newBuilder().setBytes(grant))
                    .build());
        }
        for (Batch batch : exchange.take(System.nanoTime())) {
            open.send(LabelRequest.newBuilder().setBatch(batch).build());
        }
    }

    private void broken(StreamEnd end) {
        opened = false;
        call = null;
        if (state == SourceState.CLOSED) {
            return;
        }
        Optional<TrainingFailure> hopeless = end.hopeless(config.address());
        if (hopeless.isPresent()) {
            fail(hopeless.get());
            return;
        }
        if (state != SourceState.RECONNECTING) {
            LOG.info("teacher {}: {}; reconnecting", config.address(), end.reason());
            state = SourceState.RECONNECTING;
        }
        long now = System.nanoTime();
        long since = brokenSinceNanos == null ? now : brokenSinceNanos;
        brokenSinceNanos = since;
        long silentMillis = (now - since) / 1_000_000;
        if (silentMillis > config.patience().giveUpAfter().toMillis()) {
            fail(new TrainingFailure(
                    TrainingFailure.Code.TEACHER_UNAVAILABLE,
                    "teacher " + config.address() + ": gone for " + silentMillis / 1000 + " s: " + end.reason()));
            return;
        }
        vertx.setTimer(backoff.nextMillis(), timer -> guarded(this::connect));
    }

    private void watch() {
        if (!opened) {
            return;
        }
        // Of the last labels let go, fewer than wake this event loop, the teacher hears here.
        guarded(this::pump);
        long now = System.nanoTime();
        long silent = now - Math.max(lastAnswerNanos, exchange.oldestSentNanos(now));
        state = silent > config.patience().waitingAfter().toNanos() ? SourceState.WAITING : SourceState.STREAMING;
    }

    /** Runs on the event loop; a failure of any kind fails the stream, since nobody else would hear of it. */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (TrainingFailure e) {
            fail(e);
        } catch (RuntimeException e) {
            fail(new TrainingFailure(
                    TrainingFailure.Code.TEACHER_UNAVAILABLE,
                    "teacher " + config.address() + ": " + LabelCall.text(e),
                    e));
        }
    }

    private void fail(TrainingFailure reason) {
        if (failure == null) {
            failure = reason;
        }
        state = SourceState.CLOSED;
        vertx.cancelTimer(watchTimer);
        if (call != null) {
            call.abandon();
            call = null;
        }
        exchange.failAll(reason);
    }

    /** Fails what is unanswered, then ends stream and connection; from any thread. */
    CompletableFuture<Void> close(TrainingFailure reason) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        context.runOnContext(v -> {
            LabelCall open = call;
            call = null;
            fail(reason);
            Future<Void> finished = open == null ? Future.succeededFuture() : open.finish();
            finished.eventually(line::close).onComplete((done, e) -> closed.complete(null));
        });
        return closed;
    }
}

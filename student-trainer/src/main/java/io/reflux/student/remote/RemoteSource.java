package io.reflux.student.remote;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import com.google.protobuf.UnsafeByteOperations;
import io.reflux.data.SampleShape;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.proto.v1.Augmentation;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.Credit;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Open;
import io.reflux.proto.v1.Opened;
import io.reflux.proto.v1.ResumePoint;
import io.reflux.proto.v1.Tensor;
import io.reflux.proto.v1.Views;
import io.reflux.proto.wire.Digests;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.source.PixelBatch;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Soft labels from a teacher service.
 *
 * <p>One stream carries all batches. Demand is bounded in batches and in bytes; credit is granted again as labels are released.
 * A stream that breaks is made again with exponential back-off and jitter, the unanswered batches are sent again under their
 * old ids, and an answer that comes twice is dropped, so each batch is delivered once. Labels of another model, or with a
 * number that is not finite, fail the source. All state lives on one event loop; the methods may be called from any thread.
 */
public final class RemoteSource implements SoftLabelSource {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteSource.class);
    private static final TextFormat.Printer ONE_LINE = TextFormat.printer().emittingSingleLine(true);
    private static final long WATCH_MILLIS = 200;
    /** Statuses that another attempt cannot change. */
    private static final Set<GrpcStatus> FATAL = EnumSet.of(
            GrpcStatus.INVALID_ARGUMENT,
            GrpcStatus.FAILED_PRECONDITION,
            GrpcStatus.UNIMPLEMENTED,
            GrpcStatus.RESOURCE_EXHAUSTED);
    /** Statuses of a teacher that does not let the student in. */
    private static final Set<GrpcStatus> REFUSED = EnumSet.of(GrpcStatus.PERMISSION_DENIED, GrpcStatus.UNAUTHENTICATED);

    private final Vertx vertx;
    private final Context context;
    private final TeacherLine line;
    private final RemoteConfig config;
    private final TeacherTerms terms;
    private final ViewRenderer renderer;
    private final Backoff backoff;
    private final LabelExchange exchange;
    /** Ids of labels that were used and whose credit is not given back yet. */
    private final Queue<Long> released = new ConcurrentLinkedQueue<>();

    private final AtomicInteger numReleased = new AtomicInteger();
    private final int releasesTogether;
    private final AtomicLong reconnects = new AtomicLong();
    private final AtomicLong labelBytes = new AtomicLong();
    private volatile SourceState state = SourceState.CONNECTING;

    private @Nullable LabelCall call;
    private boolean opened;
    private String streamId = "";
    private long watchTimer = -1;
    private long lastAnswerNanos = System.nanoTime();
    /** When the stream broke for the first time since the teacher last answered; null when it has not. */
    private @Nullable Long brokenSinceNanos;

    private @Nullable TrainingFailure failure;

    private RemoteSource(Vertx vertx, TeacherLine line, RemoteConfig config, TeacherTerms terms, Backoff backoff) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.line = line;
        this.config = config;
        this.terms = terms;
        this.renderer = new ViewRenderer(config.set(), config.augmentation());
        this.backoff = backoff;
        this.exchange = new LabelExchange(terms, config.patience().batchRetries());
        // Credit is granted by the quarter window, so nothing is won by waking the event loop for each batch.
        this.releasesTogether = Math.max(1, terms.batchesInFlight() / 4);
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
            DescribeResponse teacher = new TeacherDescriber(line, config, backoff).describe();
            TeacherTerms terms = TeacherTerms.of(config, teacher);
            backoff.reset();
            RemoteSource source = new RemoteSource(vertx, line, config, terms, backoff);
            source.context.runOnContext(v -> source.start());
            return source;
        } catch (RuntimeException e) {
            line.close();
            throw e;
        }
    }

    private void start() {
        watchTimer = vertx.setPeriodic(WATCH_MILLIS, timer -> watch());
        connect();
    }

    private void connect() {
        if (state == SourceState.CLOSED) {
            return;
        }
        opened = false;
        settleReleased();
        Open.Builder open = Open.newBuilder()
                .setStudent(config.student())
                .setEncoding(terms.encoding().description())
                .setAugmentation(Augmentation.newBuilder()
                        .setMaxShift(config.augmentation().maxShift())
                        .setFlip(config.augmentation().flip()))
                .setModelDigest(Digests.fromHex(terms.modelDigest()))
                .setCreditBytes(exchange.reopen());
        if (!terms.byValue()) {
            open.setDataSetFingerprint(Digests.fromHex(config.set().fingerprint()));
        }
        long first = exchange.firstUnanswered();
        if (!streamId.isEmpty() && first > 0) {
            open.setResume(ResumePoint.newBuilder().setStreamId(streamId).setReceivedThrough(first - 1));
        }
        call = LabelCall.open(vertx, context, line, open.build(), new LabelCall.Listener() {
            @Override
            public void onMessage(LabelResponse message) {
                guarded(() -> receive(message));
            }

            @Override
            public void onEnd(@Nullable GrpcStatus status, String reason, boolean fatal) {
                broken(status, reason, fatal);
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
            case MODEL_CHANGED ->
                exchange.requireDigest(Digests.toHex(message.getModelChanged().getModelDigest()));
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
        exchange.requireDigest(Digests.toHex(message.getModelDigest()));
        Encoding asked = terms.encoding().description();
        if (!message.getEncoding().equals(asked)) {
            throw new TrainingFailure(
                    TrainingFailure.Code.MISMATCH,
                    "teacher " + config.address() + ": encoding " + ONE_LINE.printToString(message.getEncoding())
                            + " (expected: " + ONE_LINE.printToString(asked) + ")");
        }
        if (state == SourceState.RECONNECTING) {
            reconnects.incrementAndGet();
            LOG.info("teacher {}: connected again", config.address());
        }
        streamId = message.getStreamId();
        opened = true;
        lastAnswerNanos = System.nanoTime();
        state = SourceState.STREAMING;
        if (exchange.idle()) {
            recovered();
        }
        pump();
    }

    private void settleReleased() {
        for (Long batchId = released.poll(); batchId != null; batchId = released.poll()) {
            numReleased.decrementAndGet();
            exchange.release(batchId);
        }
    }

    /** Sends what may be sent. */
    private void pump() {
        settleReleased();
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

    private void broken(@Nullable GrpcStatus status, String reason, boolean fatal) {
        // What a teacher refuses at once for want of room, by its limits of a client, it may take later.
        boolean crowded = status == GrpcStatus.RESOURCE_EXHAUSTED && !opened;
        opened = false;
        call = null;
        if (state == SourceState.CLOSED) {
            return;
        }
        if (fatal || status != null && REFUSED.contains(status)) {
            fail(new TrainingFailure(TrainingFailure.Code.ACCESS, "teacher " + config.address() + ": " + reason));
            return;
        }
        if (status != null && FATAL.contains(status) && !crowded) {
            fail(new TrainingFailure(TrainingFailure.Code.MISMATCH, "teacher " + config.address() + ": " + reason));
            return;
        }
        if (state != SourceState.RECONNECTING) {
            LOG.info("teacher {}: {}; reconnecting", config.address(), reason);
            state = SourceState.RECONNECTING;
        }
        long now = System.nanoTime();
        long since = brokenSinceNanos == null ? now : brokenSinceNanos;
        brokenSinceNanos = since;
        long silentMillis = (now - since) / 1_000_000;
        if (silentMillis > config.patience().giveUpAfter().toMillis()) {
            fail(new TrainingFailure(
                    TrainingFailure.Code.TEACHER_UNAVAILABLE,
                    "teacher " + config.address() + ": gone for " + silentMillis / 1000 + " s: " + reason));
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

    /** Runs on the event loop; a failure of any kind fails the source, since nobody else would hear of it. */
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

    @Override
    public CompletableFuture<SoftLabels> request(ViewBatch batch) {
        int rows = batch.views().size();
        if (terms.byValue()) {
            SampleShape shape = config.set().shape();
            byte[] pixels = new byte[rows * shape.elements()];
            for (int i = 0; i < rows; i++) {
                renderer.renderPixels(batch.views().get(i), pixels, i * shape.elements());
            }
            return request(new PixelBatch(batch.batchId(), rows, shape, pixels));
        }
        Views.Builder views = Views.newBuilder();
        for (View view : batch.views()) {
            views.addSampleIds(view.sampleId()).addAugmentationSeeds(view.augmentationSeed());
        }
        return submit(new PendingBatch(
                batch.batchId(), rows, Batch.newBuilder().setViews(views).build()));
    }

    @Override
    public CompletableFuture<SoftLabels> request(PixelBatch batch) {
        // The array is not copied: PixelBatch says that it does not change.
        ByteString data = UnsafeByteOperations.unsafeWrap(batch.pixels());
        Tensor tensor = Tensor.newBuilder()
                .setType(ElementType.ELEMENT_TYPE_UINT8)
                .addShape(batch.rows())
                .addShape(batch.shape().channels())
                .addShape(batch.shape().height())
                .addShape(batch.shape().width())
                .setData(data)
                .build();
        return submit(new PendingBatch(
                batch.batchId(),
                batch.rows(),
                Batch.newBuilder().setTensor(tensor).build()));
    }

    private CompletableFuture<SoftLabels> submit(PendingBatch batch) {
        context.runOnContext(v -> {
            TrainingFailure failed = failure;
            if (failed != null) {
                batch.answer().completeExceptionally(failed);
                return;
            }
            exchange.add(batch);
            guarded(this::pump);
        });
        return batch.answer();
    }

    @Override
    public void release(SoftLabels labels) {
        released.add(labels.batchId());
        if (numReleased.incrementAndGet() == releasesTogether) {
            context.runOnContext(v -> guarded(this::pump));
        }
    }

    @Override
    public int numClasses() {
        return terms.classes();
    }

    @Override
    public int maxBatchRows() {
        return terms.maxBatchRows();
    }

    @Override
    public String modelDigest() {
        return terms.modelDigest();
    }

    @Override
    public SourceState state() {
        return state;
    }

    @Override
    public long reconnects() {
        return reconnects.get();
    }

    @Override
    public long labelBytes() {
        return labelBytes.get();
    }

    /** Ends the stream and the connection; blocks until that is done. Not for event loops. */
    @Override
    public void close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        context.runOnContext(v -> {
            LabelCall open = call;
            call = null;
            fail(new TrainingFailure(TrainingFailure.Code.TEACHER_UNAVAILABLE, "soft-label source: closed"));
            Future<Void> finished = open == null ? Future.succeededFuture() : open.finish();
            finished.eventually(line::close).onComplete((done, e) -> closed.complete(null));
        });
        closed.join();
    }
}

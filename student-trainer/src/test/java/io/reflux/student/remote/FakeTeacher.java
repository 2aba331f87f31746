package io.reflux.student.remote;

import com.google.protobuf.ByteString;
import io.reflux.data.ImageDataSet;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.BatchError;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.DataSetDescription;
import io.reflux.proto.v1.DescribeRequest;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.Limits;
import io.reflux.proto.v1.ModelChanged;
import io.reflux.proto.v1.Open;
import io.reflux.proto.v1.Opened;
import io.reflux.proto.v1.OutputDescription;
import io.reflux.proto.v1.OutputKind;
import io.reflux.proto.v1.OutputLabels;
import io.reflux.proto.v1.TensorDescription;
import io.reflux.proto.wire.Digests;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.proto.wire.Transport;
import io.reflux.student.source.SourceFixture;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.net.BindException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A teacher service in a test: the fixture's model behind real gRPC, keeping the contract's rules of credit. It can be killed and
 * started again on its port, stop answering, answer twice, fail batches and change its model.
 */
public final class FakeTeacher {
    private static final Encoding FP32 =
            Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32).build();

    private final Vertx vertx;
    private final InferenceModel model;
    private final ImageDataSet set;
    private @Nullable HttpServer server;
    private int port;

    public final AtomicInteger streams = new AtomicInteger();
    public final AtomicInteger answered = new AtomicInteger();
    final AtomicInteger endedInOrder = new AtomicInteger();
    final AtomicLong sentBytes = new AtomicLong();
    /** Batches labelled by wire id, over all streams. */
    public final Map<Long, Integer> labelled = new ConcurrentHashMap<>();

    /** Errors to give, by wire id, each once. */
    public final Map<Long, BatchErrorCode> errors = new ConcurrentHashMap<>();

    public volatile DescribeResponse description;
    public volatile ByteString digest;
    public volatile boolean notANumber;
    volatile boolean twice;
    volatile int rowsEach = Integer.MAX_VALUE;
    /** After this many answers the connection is cut; -1 never. */
    public final AtomicInteger cutAfter = new AtomicInteger(-1);

    public volatile boolean silent;
    /** Whether it opens streams and drops them at their first batch. */
    volatile boolean dropping;

    volatile @Nullable GrpcStatus refuseWith;

    /** The fixture's teacher over the fixture's set. */
    public FakeTeacher(Vertx vertx) {
        this(vertx, SourceFixture.SET, SourceFixture.TEACHER);
    }

    /** A teacher of 10 classes over a set of 1 x 28 x 28. */
    public FakeTeacher(Vertx vertx, ImageDataSet set, ModelGraph graph) {
        this.vertx = vertx;
        this.set = set;
        this.model = OnnxRuntimeModel.open(graph, 1);
        this.digest = Digests.fromHex(graph.digest());
        this.description = DescribeResponse.newBuilder()
                .setModelDigest(digest)
                .setModelName("fake")
                .addInputs(TensorDescription.newBuilder()
                        .setName("input")
                        .addShape(1)
                        .addShape(28)
                        .addShape(28)
                        .setType(ElementType.ELEMENT_TYPE_FLOAT32))
                .addOutputs(OutputDescription.newBuilder()
                        .setName("logits")
                        .addShape(10)
                        .setKind(OutputKind.OUTPUT_KIND_LOGITS)
                        .setClasses(10))
                .addDataSets(DataSetDescription.newBuilder()
                        .setName(set.name())
                        .setFingerprint(Digests.fromHex(set.fingerprint()))
                        .setSize(set.size()))
                .addAllEncodings(SoftLabelEncoding.served())
                .setLimits(Limits.newBuilder()
                        .setMaxMessageBytes(1 << 22)
                        .setMaxBatchSamples(512)
                        .setMaxBatchesInFlight(16)
                        .setMaxCreditBytes(1 << 24))
                .build();
    }

    /** Listens; the first time on a free port, then on the same one. */
    public FakeTeacher start() throws Exception {
        GrpcServer grpc = GrpcServer.server(vertx, Transport.grpcServer(1 << 22));
        grpc.callHandler(DistillationCalls.describeServer(), this::describe);
        grpc.callHandler(DistillationCalls.labelServer(), request -> new Stream(request).begin());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        for (HttpServer bound = null; bound == null; ) {
            try {
                bound = vertx.createHttpServer(Transport.server(new HttpServerOptions()))
                        .requestHandler(grpc)
                        .listen(port, "127.0.0.1")
                        .await(10, TimeUnit.SECONDS);
                server = bound;
                port = bound.actualPort();
            } catch (Exception e) {
                // The system frees the port of a server with open connections a moment after it is closed.
                if (!(e instanceof BindException) || System.nanoTime() > end) {
                    throw e;
                }
            }
        }
        return this;
    }

    /** The port it listens or listened on. */
    public int port() {
        return port;
    }

    /** Closes the port and cuts every stream. */
    public void kill() throws Exception {
        HttpServer running = server;
        if (running != null) {
            server = null;
            running.close().await(10, TimeUnit.SECONDS);
        }
    }

    /** Changes the model's digest and announces it on every stream before its next labels. */
    public void swap(ByteString next) {
        description = description.toBuilder().setModelDigest(next).build();
        digest = next;
    }

    /** Ends for good. */
    public void close() throws Exception {
        kill();
        model.close();
    }

    private void describe(GrpcServerRequest<DescribeRequest, DescribeResponse> request) {
        request.handler(message -> request.response().end(description));
    }

    /** One stream; all on its event loop. The model is small enough to run there. */
    private final class Stream {
        private final GrpcServerRequest<LabelRequest, LabelResponse> request;
        private final GrpcServerResponse<LabelRequest, LabelResponse> response;
        private final Deque<LabelResponse> ready = new ArrayDeque<>();
        private Augmentation augmentation = Augmentation.NONE;
        private Encoding encoding = Encoding.getDefaultInstance();
        private long credit;
        private long lastId = -1;
        private ByteString announced = digest;
        private boolean ended;
        private boolean dead;

        Stream(GrpcServerRequest<LabelRequest, LabelResponse> request) {
            this.request = request;
            this.response = request.response();
        }

        void begin() {
            streams.incrementAndGet();
            request.errorHandler(e -> dead = true);
            request.exceptionHandler(e -> dead = true);
            response.exceptionHandler(e -> dead = true);
            request.endHandler(v -> {
                ended = true;
                flush();
            });
            request.handler(this::receive);
        }

        private void receive(LabelRequest message) {
            switch (message.getMessageCase()) {
                case OPEN -> open(message.getOpen());
                case BATCH -> batch(message.getBatch());
                case CREDIT -> credit += message.getCredit().getBytes();
                case MESSAGE_NOT_SET -> throw new IllegalStateException("empty message");
            }
            flush();
        }

        private void open(Open open) {
            GrpcStatus refusal = refuseWith;
            if (refusal != null) {
                dead = true;
                response.status(refusal).statusMessage("refused in a test").end();
                return;
            }
            augmentation = new Augmentation(
                    open.getAugmentation().getMaxShift(), open.getAugmentation().getFlip());
            encoding = open.getEncoding();
            credit = open.getCreditBytes();
            write(LabelResponse.newBuilder()
                    .setOpened(Opened.newBuilder()
                            .setStreamId("stream-" + streams.get())
                            .setModelDigest(digest)
                            .setEncoding(encoding))
                    .build());
        }

        private void batch(Batch batch) {
            if (batch.getBatchId() <= lastId) {
                dead = true;
                response.status(GrpcStatus.INVALID_ARGUMENT)
                        .statusMessage("batch_id: " + batch.getBatchId() + " (expected: > " + lastId + ")")
                        .end();
                return;
            }
            if (dropping) {
                dead = true;
                request.connection().close();
                return;
            }
            lastId = batch.getBatchId();
            BatchErrorCode code = errors.remove(lastId);
            if (code != null) {
                ready.add(LabelResponse.newBuilder()
                        .setError(BatchError.newBuilder()
                                .setBatchId(lastId)
                                .setCode(code)
                                .setMessage("made to fail"))
                        .build());
                return;
            }
            if (!silent) {
                labelled.merge(lastId, 1, Integer::sum);
                ready.addAll(label(batch));
                if (twice) {
                    ready.addAll(label(batch));
                }
            }
        }

        private List<LabelResponse> label(Batch batch) {
            float[] logits = logits(batch);
            ByteString now = digest;
            List<LabelResponse> parts = new ArrayList<>();
            if (!now.equals(announced)) {
                announced = now;
                parts.add(LabelResponse.newBuilder()
                        .setModelChanged(ModelChanged.newBuilder().setModelDigest(now))
                        .build());
            }
            if (notANumber) {
                logits[logits.length - 1] = Float.NaN;
            }
            int rows = logits.length / 10;
            for (int first = 0; first < rows; first += Math.min(rowsEach, rows)) {
                int count = Math.min(Math.min(rowsEach, rows), rows - first);
                parts.add(LabelResponse.newBuilder()
                        .setLabels(Labels.newBuilder()
                                .setBatchId(batch.getBatchId())
                                .setModelDigest(now)
                                .setFirstSample(first)
                                .setSamples(count)
                                .addOutputs(OutputLabels.newBuilder()
                                        .addShape(10)
                                        .setPayload(payload(logits, first * 10, count * 10))))
                        .build());
            }
            return parts;
        }

        private float[] logits(Batch batch) {
            int elements = set.shape().elements();
            int rows;
            byte[] pixels;
            if (batch.hasViews()) {
                rows = batch.getViews().getSampleIdsCount();
                pixels = new byte[rows * elements];
                ViewRenderer renderer = new ViewRenderer(set, augmentation);
                for (int i = 0; i < rows; i++) {
                    View view = new View(
                            batch.getViews().getSampleIds(i), batch.getViews().getAugmentationSeeds(i));
                    renderer.renderPixels(view, pixels, i * elements);
                }
            } else {
                rows = batch.getTensor().getShape(0);
                pixels = batch.getTensor().getData().toByteArray();
            }
            float[] inputs = new float[pixels.length];
            for (int i = 0; i < pixels.length; i++) {
                inputs[i] = (pixels[i] & 0xff) / 255f;
            }
            return model.logits(inputs, rows);
        }

        /** Little-endian float32 is written here anew: a test must not trust the encoder it tests. */
        private ByteString payload(float[] logits, int offset, int length) {
            if (!encoding.equals(FP32)) {
                return SoftLabelEncoding.of(encoding).encode(logits, offset, length / 10, 10, row -> row);
            }
            ByteBuffer bytes = ByteBuffer.allocate(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < length; i++) {
                bytes.putFloat(logits[offset + i]);
            }
            return ByteString.copyFrom(bytes.flip());
        }

        private void flush() {
            while (!dead && !ready.isEmpty() && (credit > 0 || ready.peek().hasError())) {
                LabelResponse next = ready.remove();
                if (next.hasLabels()) {
                    int bytes = next.getLabels().getSerializedSize();
                    credit -= bytes;
                    sentBytes.addAndGet(bytes);
                    answered.incrementAndGet();
                }
                write(next);
                if (next.hasLabels() && cutAfter.decrementAndGet() == 0) {
                    dead = true;
                    request.connection().close();
                }
            }
            if (ended && !dead && ready.isEmpty()) {
                dead = true;
                endedInOrder.incrementAndGet();
                response.end();
            }
        }

        private void write(LabelResponse message) {
            response.write(message);
        }
    }
}

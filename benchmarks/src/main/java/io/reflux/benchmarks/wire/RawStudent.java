package io.reflux.benchmarks.wire;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.Credit;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.Open;
import io.reflux.proto.v1.Views;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.proto.wire.Transport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A student at the level of the wire, on a connection of its own, which can stop reading. */
public final class RawStudent {

    private static final long DATA_SET_SAMPLES = 20_000;

    private final Plan plan;
    /** Held, because Vert.x closes a client that is no longer referenced, and its connections with it. */
    private final GrpcClient client;

    private final AtomicLong received = new AtomicLong();
    /** When each batch was asked for, by its id modulo the batches in flight. */
    private final long[] asked;

    private List<Long> latencies = new ArrayList<>();
    private GrpcClientRequest<LabelRequest, LabelResponse> request;
    private GrpcClientResponse<LabelRequest, LabelResponse> response;
    private long nextBatch;
    /** Samples received since the last batch that was asked for in return. */
    private int owed;

    private volatile @Nullable String failure;

    /**
     * What a student does.
     *
     * @param batchSamples samples of a batch
     * @param batchesInFlight batches that it has asked for and not received, always
     * @param creditBytes what it grants at first, and again as it reads
     * @param reads whether it reads at all
     */
    public record Plan(int batchSamples, int batchesInFlight, long creditBytes, boolean reads) {

        /** Reads as fast as it can. */
        public static final Plan GREEDY = new Plan(128, 32, 128 << 10, true);

        /** As greedy, with enough under way for a distant teacher: a megabyte of labels of ten classes. */
        public static final Plan DISTANT = new Plan(512, 48, 4 << 20, true);

        /** Asks for 5 MB in all, grants a fortieth of it, and reads nothing. */
        public static final Plan STALLED = new Plan(4096, 32, 128 << 10, false);

        /** Asks for one sample, and for the next when it has it. */
        public static final Plan SINGLE = new Plan(1, 1, 128 << 10, true);
    }

    private RawStudent(Plan plan, GrpcClient client) {
        this.plan = plan;
        this.client = client;
        this.asked = new long[plan.batchesInFlight];
    }

    /** Opens a stream and asks for as much as it may; every answer asks for the next. */
    public static Future<RawStudent> open(Vertx vertx, SocketAddress teacher, ByteString fingerprint, Plan plan) {
        GrpcClient client = GrpcClient.client(vertx, Transport.grpcClient(), Transport.client(new HttpClientOptions()));
        RawStudent student = new RawStudent(plan, client);
        return client.request(teacher, DistillationCalls.labelClient()).compose(request -> {
            Transport.joinFlushes(request.connection());
            student.request = request;
            Open open = Open.newBuilder()
                    .setStudent(plan.reads ? "healthy" : "stalled")
                    .setEncoding(Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32))
                    .setDataSetFingerprint(fingerprint)
                    .setCreditBytes(plan.creditBytes)
                    .build();
            request.write(LabelRequest.newBuilder().setOpen(open).build());
            return request.response().map(response -> {
                student.response = response;
                response.exceptionHandler(cause -> student.failure = cause.toString());
                response.errorHandler(error -> student.failure = error.toString());
                response.endHandler(end -> student.failure = "ended by the teacher: " + response.status());
                if (plan.reads) {
                    response.handler(student::onAnswer);
                } else {
                    response.pause();
                }
                for (int i = 0; i < plan.batchesInFlight; i++) {
                    student.ask();
                }
                return student;
            });
        });
    }

    /**
     * Samples labelled so far.
     *
     * @throws IllegalStateException if the stream has ended, since a rate of nothing would then be no measurement
     */
    public long samples() {
        if (failure != null) {
            throw new IllegalStateException("student: " + failure);
        }
        return received.get();
    }

    /** Nanoseconds from asking for a batch to its last label, of each batch since the last call. */
    public synchronized List<Long> takeLatencies() {
        List<Long> taken = latencies;
        latencies = new ArrayList<>();
        return taken;
    }

    /** Cancels the stream and closes the connection. */
    public void cancel() {
        request.cancel();
        client.close();
    }

    private void onAnswer(LabelResponse answer) {
        if (answer.hasError()) {
            failure = answer.getError().toString();
            return;
        }
        if (answer.hasLabels()) {
            Labels labels = answer.getLabels();
            received.addAndGet(labels.getSamples());
            Credit credit =
                    Credit.newBuilder().setBytes(labels.getSerializedSize()).build();
            request.write(LabelRequest.newBuilder().setCredit(credit).build());
            // A batch may be answered in several parts; only a whole one makes room for the next.
            owed += labels.getSamples();
            while (owed >= plan.batchSamples) {
                owed -= plan.batchSamples;
                answered(System.nanoTime() - asked[(int) (labels.getBatchId() % asked.length)]);
                ask();
            }
        }
    }

    private synchronized void answered(long nanos) {
        latencies.add(nanos);
    }

    private void ask() {
        Views.Builder views = Views.newBuilder();
        for (int i = 0; i < plan.batchSamples; i++) {
            views.addSampleIds((nextBatch * plan.batchSamples + i) % DATA_SET_SAMPLES)
                    .addAugmentationSeeds(0);
        }
        asked[(int) (nextBatch % asked.length)] = System.nanoTime();
        Batch batch = Batch.newBuilder().setBatchId(nextBatch++).setViews(views).build();
        request.write(LabelRequest.newBuilder().setBatch(batch).build());
    }
}

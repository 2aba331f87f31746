package io.reflux.benchmarks.stall;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.Credit;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A student at the level of the wire, on a connection of its own, which can stop reading. */
final class RawStudent {

    private static final int BATCHES_IN_FLIGHT = 32;
    private static final int READING_SAMPLES = 128;
    /** A stalled student asks for 5 MB in all, and grants a fortieth of it. */
    private static final int STALLING_SAMPLES = 4096;

    private static final long CREDIT_BYTES = 128 << 10;
    private static final long DATA_SET_SAMPLES = 20_000;

    private final int batchSamples;
    /** Held, because Vert.x closes a client that is no longer referenced, and its connections with it. */
    private final GrpcClient client;

    private final AtomicLong received = new AtomicLong();
    private GrpcClientRequest<LabelRequest, LabelResponse> request;
    private GrpcClientResponse<LabelRequest, LabelResponse> response;
    private long nextBatch;
    /** Samples received since the last batch that was asked for in return. */
    private int owed;

    private volatile @Nullable String failure;

    private RawStudent(int batchSamples, GrpcClient client) {
        this.batchSamples = batchSamples;
        this.client = client;
    }

    /** Opens a stream and asks for as much as it may; every answer asks for the next. */
    static Future<RawStudent> open(Vertx vertx, SocketAddress teacher, ByteString fingerprint, boolean reading) {
        GrpcClient client = GrpcClient.client(vertx, Transport.grpcClient(), Transport.client(new HttpClientOptions()));
        RawStudent student = new RawStudent(reading ? READING_SAMPLES : STALLING_SAMPLES, client);
        return client.request(teacher, DistillationCalls.labelClient()).compose(request -> {
            student.request = request;
            Open open = Open.newBuilder()
                    .setStudent(reading ? "healthy" : "stalled")
                    .setEncoding(Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32))
                    .setDataSetFingerprint(fingerprint)
                    .setCreditBytes(CREDIT_BYTES)
                    .build();
            request.write(LabelRequest.newBuilder().setOpen(open).build());
            return request.response().map(response -> {
                student.response = response;
                response.exceptionHandler(cause -> student.failure = cause.toString());
                response.errorHandler(error -> student.failure = error.toString());
                response.endHandler(end -> student.failure = "ended by the teacher: " + response.status());
                if (reading) {
                    response.handler(student::onAnswer);
                } else {
                    response.pause();
                }
                for (int i = 0; i < BATCHES_IN_FLIGHT; i++) {
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
    long samples() {
        if (failure != null) {
            throw new IllegalStateException("student: " + failure);
        }
        return received.get();
    }

    void cancel() {
        request.cancel();
        client.close();
    }

    private void onAnswer(LabelResponse answer) {
        if (answer.hasError()) {
            failure = answer.getError().toString();
            return;
        }
        if (answer.hasLabels()) {
            received.addAndGet(answer.getLabels().getSamples());
            Credit credit = Credit.newBuilder()
                    .setBytes(answer.getLabels().getSerializedSize())
                    .build();
            request.write(LabelRequest.newBuilder().setCredit(credit).build());
            // A batch may be answered in several parts; only a whole one makes room for the next.
            owed += answer.getLabels().getSamples();
            while (owed >= batchSamples) {
                owed -= batchSamples;
                ask();
            }
        }
    }

    private void ask() {
        Views.Builder views = Views.newBuilder();
        for (int i = 0; i < batchSamples; i++) {
            views.addSampleIds((nextBatch * batchSamples + i) % DATA_SET_SAMPLES)
                    .addAugmentationSeeds(0);
        }
        Batch batch = Batch.newBuilder().setBatchId(nextBatch++).setViews(views).build();
        request.write(LabelRequest.newBuilder().setBatch(batch).build());
    }
}

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

/** A student at the level of the wire, on a connection of its own, which can stop reading. */
final class RawStudent {

    private static final int BATCHES_IN_FLIGHT = 32;
    private static final int SAMPLES = 128;
    private static final long CREDIT_BYTES = 1 << 20;

    private final AtomicLong received = new AtomicLong();
    private GrpcClientRequest<LabelRequest, LabelResponse> request;
    private GrpcClientResponse<LabelRequest, LabelResponse> response;
    private long nextBatch;

    private RawStudent() {}

    /** Opens a stream and asks for as much as it may; every answer asks for the next. */
    static Future<RawStudent> open(Vertx vertx, SocketAddress teacher, ByteString fingerprint, boolean reading) {
        RawStudent student = new RawStudent();
        GrpcClient client = GrpcClient.client(vertx, Transport.grpcClient(), Transport.client(new HttpClientOptions()));
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
                response.exceptionHandler(failure -> {});
                response.errorHandler(failure -> {});
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

    /** Samples labelled so far. */
    long samples() {
        return received.get();
    }

    void cancel() {
        response.pause();
        request.cancel();
    }

    private void onAnswer(LabelResponse answer) {
        if (answer.hasLabels()) {
            received.addAndGet(answer.getLabels().getSamples());
            Credit credit = Credit.newBuilder()
                    .setBytes(answer.getLabels().getSerializedSize())
                    .build();
            request.write(LabelRequest.newBuilder().setCredit(credit).build());
            ask();
        }
    }

    private void ask() {
        Views.Builder views = Views.newBuilder();
        for (int i = 0; i < SAMPLES; i++) {
            views.addSampleIds((nextBatch * SAMPLES + i) % 20_000).addAugmentationSeeds(0);
        }
        Batch batch = Batch.newBuilder().setBatchId(nextBatch++).setViews(views).build();
        request.write(LabelRequest.newBuilder().setBatch(batch).build());
    }
}

package io.reflux.teacher.server;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.Credit;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Open;
import io.reflux.proto.v1.Views;
import io.reflux.proto.wire.CallStatus;
import io.reflux.proto.wire.Digests;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.proto.wire.Transport;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One label stream over a connection of its own, driven from the test's thread. */
final class Student implements AutoCloseable {

    static final long SECONDS = 20;

    private final GrpcClient client;
    private final GrpcClientRequest<LabelRequest, LabelResponse> request;
    private final CompletableFuture<GrpcClientResponse<LabelRequest, LabelResponse>> response =
            new CompletableFuture<>();
    final BlockingQueue<LabelResponse> received = new LinkedBlockingQueue<>();
    final CompletableFuture<CallStatus> end = new CompletableFuture<>();

    Student(Vertx vertx, int port) throws Exception {
        client = GrpcClient.client(vertx, Transport.grpcClient(), Transport.client(new HttpClientOptions()));
        request = client.request(SocketAddress.inetSocketAddress(port, "127.0.0.1"), DistillationCalls.labelClient())
                .await(SECONDS, TimeUnit.SECONDS);
        request.response().onComplete((answer, failure) -> {
            if (failure != null) {
                end.complete(new CallStatus(GrpcStatus.UNKNOWN, failure.toString()));
                response.completeExceptionally(failure);
                return;
            }
            answer.handler(received::add);
            answer.end()
                    .onComplete((done, lost) -> end.complete(
                            answer.status() == null
                                    ? new CallStatus(GrpcStatus.UNKNOWN, String.valueOf(lost))
                                    : CallStatus.of(answer)));
            response.complete(answer);
        });
    }

    static Student open(Vertx vertx, int port, Open.Builder open) throws Exception {
        Student student = new Student(vertx, port);
        student.send(LabelRequest.newBuilder().setOpen(open).build());
        return student;
    }

    static Open.Builder fp32() {
        return Open.newBuilder()
                .setStudent("test")
                .setEncoding(Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32))
                .setDataSetFingerprint(tiny())
                .setCreditBytes(1 << 20);
    }

    static ByteString tiny() {
        return Digests.fromHex(new TinyDataSet().fingerprint());
    }

    void send(LabelRequest message) throws Exception {
        request.write(message).await(SECONDS, TimeUnit.SECONDS);
    }

    /** Sends without waiting: the teacher may end the call instead of taking the message. */
    void offer(LabelRequest message) {
        request.write(message);
    }

    void views(long batchId, long firstId, int count) throws Exception {
        Views.Builder views = Views.newBuilder();
        for (int i = 0; i < count; i++) {
            views.addSampleIds(firstId + i).addAugmentationSeeds(0);
        }
        batch(Batch.newBuilder().setBatchId(batchId).setViews(views));
    }

    void batch(Batch.Builder batch) throws Exception {
        send(LabelRequest.newBuilder().setBatch(batch).build());
    }

    void credit(long bytes) throws Exception {
        send(LabelRequest.newBuilder()
                .setCredit(Credit.newBuilder().setBytes(bytes))
                .build());
    }

    LabelResponse next() throws Exception {
        LabelResponse message = received.poll(SECONDS, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("nothing received; the call ended: " + end.getNow(null));
        }
        return message;
    }

    CallStatus end() throws Exception {
        return end.get(SECONDS, TimeUnit.SECONDS);
    }

    void halfClose() {
        request.end();
    }

    void cancel() {
        request.cancel();
    }

    void pause() throws Exception {
        response.get(SECONDS, TimeUnit.SECONDS).pause();
    }

    void resume() throws Exception {
        response.get(SECONDS, TimeUnit.SECONDS).resume();
    }

    @Override
    public void close() {
        try {
            client.close().await(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}

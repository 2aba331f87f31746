package io.reflux.benchmarks.streaming;

import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.proto.wire.Transport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Reflux's transport: Vert.x with the settings and the codec of the product, on an event loop for each end. */
final class RefluxStream implements MessageStream {

    private static final long SECONDS = 60;

    private final Vertx serving = vertx();
    private final Vertx asking = vertx();
    private final SocketAddress address;
    private final GrpcClient client;

    RefluxStream() throws Exception {
        GrpcServer grpc = GrpcServer.server(serving, Transport.grpcServer(Transport.DEFAULT_MAX_MESSAGE_BYTES));
        grpc.callHandler(
                DistillationCalls.labelServer(), call -> call.handler(request -> new Sender(call, request).send()));
        HttpServer server = serving.createHttpServer(Transport.server(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0)))
                .connectionHandler(Transport::joinFlushes)
                .requestHandler(grpc)
                .listen()
                .await(SECONDS, TimeUnit.SECONDS);
        address = SocketAddress.inetSocketAddress(server.actualPort(), "127.0.0.1");
        client = GrpcClient.client(asking, Transport.grpcClient(), Transport.client(new HttpClientOptions()));
    }

    private static Vertx vertx() {
        return Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    }

    @Override
    public String name() {
        return "Reflux";
    }

    @Override
    public long stream(int payloadBytes, int messages) throws Exception {
        CompletableFuture<Long> sum = new CompletableFuture<>();
        long from = System.nanoTime();
        // On an event loop, so that handlers are set before the first message can come.
        asking.runOnContext(start -> client.request(address, DistillationCalls.labelClient())
                .compose(request -> {
                    request.end(LabelMessages.request(payloadBytes, messages));
                    return request.response();
                })
                .onFailure(sum::completeExceptionally)
                .onSuccess(response -> read(response, messages, sum)));
        sum.get(SECONDS, TimeUnit.SECONDS);
        return System.nanoTime() - from;
    }

    private static void read(
            GrpcClientResponse<LabelRequest, LabelResponse> response, int messages, CompletableFuture<Long> sum) {
        int[] next = {0};
        long[] total = {0};
        response.exceptionHandler(sum::completeExceptionally);
        response.handler(message -> total[0] += LabelMessages.read(next[0]++, message));
        response.endHandler(end -> {
            if (next[0] == messages) {
                sum.complete(total[0]);
            } else {
                sum.completeExceptionally(new IllegalStateException("messages: " + next[0]));
            }
        });
    }

    @Override
    public void close() {
        asking.close();
        serving.close();
    }

    /** Writes while the connection takes messages, as a label stream does. */
    private static final class Sender {

        private final GrpcServerResponse<LabelRequest, LabelResponse> response;
        private final byte[] payload;
        private final int count;
        private int next;

        Sender(GrpcServerRequest<LabelRequest, LabelResponse> call, LabelRequest request) {
            this.response = call.response();
            this.payload = LabelMessages.payload(request);
            this.count = LabelMessages.count(request);
        }

        void send() {
            while (next < count) {
                if (response.writeQueueFull()) {
                    response.drainHandler(drained -> send());
                    return;
                }
                response.write(LabelMessages.message(next++, payload));
            }
            response.end();
        }
    }
}

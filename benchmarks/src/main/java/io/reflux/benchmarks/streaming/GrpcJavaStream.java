package io.reflux.benchmarks.streaming;

import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** grpc-java at its best: handlers on the event loops (direct executor) and windows of 4 MB. */
final class GrpcJavaStream implements MessageStream {

    private static final long SECONDS = 60;
    private static final int WINDOW_BYTES = 4 << 20;
    private static final String SERVICE = "reflux.v1.Distillation";
    private static final MethodDescriptor<LabelRequest, LabelResponse> METHOD =
            MethodDescriptor.<LabelRequest, LabelResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Label"))
                    .setRequestMarshaller(ProtoUtils.marshaller(LabelRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(LabelResponse.getDefaultInstance()))
                    .build();

    private final Server server;
    private final ManagedChannel channel;

    GrpcJavaStream() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .directExecutor()
                .flowControlWindow(WINDOW_BYTES)
                .addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(METHOD, ServerCalls.asyncServerStreamingCall(GrpcJavaStream::answer))
                        .build())
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .directExecutor()
                .flowControlWindow(WINDOW_BYTES)
                .build();
    }

    private static void answer(LabelRequest request, StreamObserver<LabelResponse> observer) {
        ServerCallStreamObserver<LabelResponse> response = (ServerCallStreamObserver<LabelResponse>) observer;
        byte[] payload = LabelMessages.payload(request);
        int count = LabelMessages.count(request);
        int[] next = {0};
        Runnable send = () -> {
            while (next[0] < count && response.isReady()) {
                response.onNext(LabelMessages.message(next[0]++, payload));
                if (next[0] == count) {
                    response.onCompleted();
                }
            }
        };
        response.setOnReadyHandler(send);
    }

    @Override
    public String name() {
        return "grpc-java";
    }

    @Override
    public long stream(int payloadBytes, int messages) throws Exception {
        CompletableFuture<Long> sum = new CompletableFuture<>();
        long from = System.nanoTime();
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(METHOD, io.grpc.CallOptions.DEFAULT),
                LabelMessages.request(payloadBytes, messages),
                new StreamObserver<LabelResponse>() {
                    private int next;
                    private long total;

                    @Override
                    public void onNext(LabelResponse message) {
                        total += LabelMessages.read(next++, message);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        sum.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        if (next == messages) {
                            sum.complete(total);
                        } else {
                            sum.completeExceptionally(new IllegalStateException("messages: " + next));
                        }
                    }
                });
        sum.get(SECONDS, TimeUnit.SECONDS);
        return System.nanoTime() - from;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }
}

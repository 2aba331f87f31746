package io.reflux.proto.wire;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.server.GrpcServerOptions;

/**
 * HTTP/2 and gRPC settings of both ends.
 *
 * <p>A window is set by the end that receives. With the default of 64 KB for a stream and for the whole connection,
 * throughput at a round trip of 10 ms is 2.5 MB/s, and one stalled stream starves every other of its connection; hence
 * windows of {@link #STREAM_WINDOW_BYTES}, and a connection window that {@link #MAX_STREAMS} stalled streams do not
 * fill.
 */
public final class Transport {

    /** HTTP/2 window of one stream. */
    public static final int STREAM_WINDOW_BYTES = 1024 * 1024;

    /** Streams of one connection that may stall together without starving the next one. */
    public static final int MAX_STREAMS = 15;

    /** HTTP/2 window of a connection. */
    public static final int CONNECTION_WINDOW_BYTES = (MAX_STREAMS + 1) * STREAM_WINDOW_BYTES;

    /** Largest message either end takes unless it was told otherwise. */
    public static final int DEFAULT_MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

    private Transport() {}

    /** Sets what a student needs to call a teacher in clear text over HTTP/2. */
    public static HttpClientOptions client(HttpClientOptions options) {
        options.setProtocolVersion(HttpVersion.HTTP_2);
        options.setHttp2ClearTextUpgrade(false);
        options.setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
        options.getInitialSettings().setInitialWindowSize(STREAM_WINDOW_BYTES);
        return options;
    }

    /** The gRPC settings of a student. */
    public static GrpcClientOptions grpcClient() {
        return new GrpcClientOptions().setMaxMessageSize(DEFAULT_MAX_MESSAGE_BYTES);
    }

    /** Sets what a teacher needs: tensors may come in megabytes. */
    public static HttpServerOptions server(HttpServerOptions options) {
        options.setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
        options.getInitialSettings().setInitialWindowSize(STREAM_WINDOW_BYTES);
        return options;
    }

    /**
     * The gRPC settings of a teacher.
     *
     * @param maxMessageBytes largest message taken
     */
    public static GrpcServerOptions grpcServer(long maxMessageBytes) {
        return new GrpcServerOptions().setMaxMessageSize(maxMessageBytes);
    }
}

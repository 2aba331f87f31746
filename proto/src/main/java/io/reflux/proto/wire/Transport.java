package io.reflux.proto.wire;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
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

    /**
     * Largest HTTP/2 frame either end takes: one holds a whole message of labels, which is put together without copying then. Streams
     * of a connection take turns by frames, so that it is not larger than need be.
     */
    public static final int MAX_FRAME_BYTES = 128 * 1024;

    /** HTTP/2 window of a connection. */
    public static final int CONNECTION_WINDOW_BYTES = (MAX_STREAMS + 1) * STREAM_WINDOW_BYTES;

    /** Largest message either end takes unless it was told otherwise. */
    public static final int DEFAULT_MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

    private static final int MOST_FLUSHES_JOINED = 64;

    private Transport() {}

    /** Sets what a student needs to call a teacher in clear text over HTTP/2. */
    public static HttpClientOptions client(HttpClientOptions options) {
        options.setProtocolVersion(HttpVersion.HTTP_2);
        options.setHttp2ClearTextUpgrade(false);
        options.setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
        options.getInitialSettings().setInitialWindowSize(STREAM_WINDOW_BYTES).setMaxFrameSize(MAX_FRAME_BYTES);
        return options;
    }

    /**
     * Joins the flushes of a connection that come within one turn of its event loop; to be called for each new connection. Vert.x
     * flushes after every message that is written outside of a read, which is a system call a message: with messages of 4 KB
     * three times the time.
     */
    public static void joinFlushes(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            ChannelPipeline pipeline = base.channelHandlerContext().pipeline();
            if (pipeline.get(FlushConsolidationHandler.class) == null) {
                pipeline.addFirst(new FlushConsolidationHandler(MOST_FLUSHES_JOINED, true));
            }
        }
    }

    /** The gRPC settings of a student. */
    public static GrpcClientOptions grpcClient() {
        return new GrpcClientOptions().setMaxMessageSize(DEFAULT_MAX_MESSAGE_BYTES);
    }

    /** Sets what a teacher needs: tensors may come in megabytes. */
    public static HttpServerOptions server(HttpServerOptions options) {
        options.setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
        options.getInitialSettings().setInitialWindowSize(STREAM_WINDOW_BYTES).setMaxFrameSize(MAX_FRAME_BYTES);
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

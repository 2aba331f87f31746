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
 * windows of {@link #STUDENT_WINDOW_BYTES} and {@link #TEACHER_WINDOW_BYTES}, and connection windows that {@link #MAX_STREAMS}
 * stalled streams do not fill.
 */
public final class Transport {

    /**
     * HTTP/2 window of a stream at the student. A receiver renews it by halves, so that a round trip of 20 ms lets 23 MB/s through
     * with 1 MiB, of which a fast service has more. What a student really has under way is bounded by its credit.
     */
    public static final int STUDENT_WINDOW_BYTES = 4 * 1024 * 1024;

    /** HTTP/2 window of a stream at the teacher, to which views and samples flow. */
    public static final int TEACHER_WINDOW_BYTES = 1024 * 1024;

    /** Streams of one connection that may stall together without starving the next one. */
    public static final int MAX_STREAMS = 15;

    /**
     * Largest HTTP/2 frame either end takes: one holds a whole message of labels, which is put together without copying then. Streams
     * of a connection take turns by frames, so that it is not larger than need be.
     */
    public static final int MAX_FRAME_BYTES = 128 * 1024;

    /** Largest message either end takes unless it was told otherwise. */
    public static final int DEFAULT_MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

    private static final int MOST_FLUSHES_JOINED = 64;

    private Transport() {}

    /** Sets what a student needs to call a teacher in clear text over HTTP/2. */
    public static HttpClientOptions client(HttpClientOptions options) {
        options.setProtocolVersion(HttpVersion.HTTP_2);
        options.setHttp2ClearTextUpgrade(false);
        options.setHttp2ConnectionWindowSize((MAX_STREAMS + 1) * STUDENT_WINDOW_BYTES);
        options.getInitialSettings().setInitialWindowSize(STUDENT_WINDOW_BYTES).setMaxFrameSize(MAX_FRAME_BYTES);
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
        options.setHttp2ConnectionWindowSize((MAX_STREAMS + 1) * TEACHER_WINDOW_BYTES);
        options.getInitialSettings().setInitialWindowSize(TEACHER_WINDOW_BYTES).setMaxFrameSize(MAX_FRAME_BYTES);
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

package io.reflux.benchmarks.fuzz;

import io.reflux.proto.wire.Transport;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.NetClient;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends cases and says how each ended. */
final class HostileCaller {

    private static final String HUNG = "hung";
    private static final String RESET = "reset";
    private static final String CLOSED = "closed";

    /** How calls end that the teacher gave no status: without an answer in time, by a reset, or with their connection. */
    static final Set<String> WITHOUT_STATUS = Set.of(HUNG, RESET, CLOSED);

    private static final long SECONDS = 20;
    private static final String STATUS = "grpc-status";

    private final HttpClient calls;
    private final NetClient connections;
    private final int port;

    HostileCaller(Vertx vertx, int port) {
        this.calls = vertx.createHttpClient(Transport.client(new HttpClientOptions()));
        this.connections = vertx.createNetClient();
        this.port = port;
    }

    /** The name of the call's gRPC status or one of {@link #WITHOUT_STATUS}; of a connection that it closed. Never fails. */
    Future<String> send(HostileCase hostile) {
        Future<String> end = hostile.path().isEmpty() ? pour(hostile) : call(hostile);
        return end.timeout(SECONDS, TimeUnit.SECONDS)
                .otherwise(failure -> failure instanceof TimeoutException
                        ? HUNG
                        : failure instanceof StreamResetException ? RESET : CLOSED);
    }

    /** Closes its half at the end of the bytes; the teacher closes the other, whatever they were. */
    private Future<String> pour(HostileCase hostile) {
        return connections.connect(port, "127.0.0.1").compose(socket -> {
            Promise<String> closed = Promise.promise();
            socket.closeHandler(end -> closed.tryComplete("connection closed"));
            socket.exceptionHandler(failure -> closed.tryComplete("connection closed"));
            socket.handler(ignored -> {});
            socket.write(hostile.bytes()).onComplete(written -> socket.end());
            return closed.future();
        });
    }

    private Future<String> call(HostileCase hostile) {
        return calls.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setHost("127.0.0.1")
                        .setPort(port)
                        .setURI(hostile.path()))
                .compose(request -> answer(request, hostile));
    }

    private static Future<String> answer(HttpClientRequest request, HostileCase hostile) {
        request.putHeader("content-type", "application/grpc");
        // A refused call is reset under way, after its status: that the rest could not be sent is no matter.
        request.exceptionHandler(failure -> {});
        Future<String> end = request.response().compose(HostileCaller::status);
        request.end(hostile.bytes());
        return end;
    }

    private static Future<String> status(HttpClientResponse response) {
        response.handler(ignored -> {});
        return response.end().transform((end, failure) -> {
            String status = response.getTrailer(STATUS);
            status = status == null ? response.getHeader(STATUS) : status;
            if (status != null) {
                return Future.succeededFuture(
                        GrpcStatus.valueOf(Integer.parseInt(status)).name());
            }
            return failure == null
                    ? Future.succeededFuture("HTTP " + response.statusCode())
                    : Future.failedFuture(failure);
        });
    }
}

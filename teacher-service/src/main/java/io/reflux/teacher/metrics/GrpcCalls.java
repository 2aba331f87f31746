package io.reflux.teacher.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts the end of every gRPC call by method and status, whoever answered it.
 *
 * <p>Methods that are not served count as {@code other}, so that no caller can make up series. A call that ended
 * without a status, by a reset or a lost connection, counts as CANCELLED.
 */
public final class GrpcCalls implements Handler<HttpServerRequest> {

    private static final String STATUS = "grpc-status";

    private final MeterRegistry registry;
    private final Set<String> methods;
    private final Handler<HttpServerRequest> next;
    private final Handler<HttpServerRequest> ended;

    /**
     * Counts what {@code next} answers.
     *
     * @param methods served methods, {@code package.Service/Method}
     * @param ended told of the end of each call, once
     */
    public GrpcCalls(
            MeterRegistry registry,
            Set<String> methods,
            Handler<HttpServerRequest> next,
            Handler<HttpServerRequest> ended) {
        this.registry = registry;
        this.methods = Set.copyOf(methods);
        this.next = next;
        this.ended = ended;
    }

    @Override
    public void handle(HttpServerRequest request) {
        String path = request.path();
        String called = path == null || path.isEmpty() ? "" : path.substring(1);
        String method = methods.contains(called) ? called : "other";
        HttpServerResponse response = request.response();
        response.endHandler(end -> {
            count(method, status(response));
            ended.handle(request);
        });
        next.handle(request);
    }

    private static String status(HttpServerResponse response) {
        String status = response.trailers().get(STATUS);
        return name(status != null ? status : response.headers().get(STATUS));
    }

    private static String name(@Nullable String status) {
        if (status == null) {
            return GrpcStatus.CANCELLED.name();
        }
        GrpcStatus known = GrpcStatus.valueOf(Integer.parseInt(status));
        return known == null ? GrpcStatus.UNKNOWN.name() : known.name();
    }

    private void count(String method, String status) {
        Counter.builder("reflux.grpc.calls")
                .description("Ended gRPC calls")
                .tag("method", method)
                .tag("status", status)
                .register(registry)
                .increment();
    }
}

package io.reflux.teacher.access;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcStatus;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Ends calls with one message each way that take too long. */
final class UnaryDeadline {

    private final Vertx vertx;
    private final long millis;
    /** Timers by the calls that they would end, so that a call that has ended is not kept until its deadline. */
    private final Map<HttpServerRequest, Long> timers = new ConcurrentHashMap<>();

    UnaryDeadline(Vertx vertx, Duration deadline) {
        this.vertx = vertx;
        this.millis = deadline.toMillis();
    }

    void begin(HttpServerRequest request) {
        timers.put(
                request,
                vertx.setTimer(
                        millis,
                        timer -> StatusAnswer.refuse(
                                request, GrpcStatus.DEADLINE_EXCEEDED, "call: not complete within " + millis + " ms")));
    }

    void end(HttpServerRequest request) {
        Long timer = timers.remove(request);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }
}

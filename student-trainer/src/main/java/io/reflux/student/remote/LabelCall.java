package io.reflux.student.remote;

import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Open;
import io.reflux.proto.wire.CallStatus;
import io.reflux.proto.wire.DistillationCalls;
import io.reflux.proto.wire.Transport;
import io.reflux.student.failure.TrainingFailure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.client.InvalidStatusException;
import io.vertx.grpc.common.GrpcStatus;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One {@code Label} call from its opening to its end. All on the event loop that opened it.
 *
 * <p>A peer that is frozen keeps its TCP connection, so an idle connection is pinged and closed when the answer stays away.
 */
final class LabelCall {
    private static final long PING_MILLIS = 2_000;
    /** With the interval, below the five seconds after which a frozen teacher must be known. */
    private static final long PONG_MILLIS = 2_500;

    private static final int PING_BYTES = 8;
    private static final long FINISH_MILLIS = 1_000;

    private final Vertx vertx;
    private final Listener listener;
    private @Nullable GrpcClientRequest<LabelRequest, LabelResponse> request;
    private @Nullable GrpcClientResponse<LabelRequest, LabelResponse> response;
    private long pingTimer = -1;
    private boolean over;

    /** Told what happens to a call; nothing more after {@code onEnd}. */
    interface Listener {
        /** A message came. */
        void onMessage(LabelResponse message);

        /**
         * The call is over, once.
         *
         * @param status its gRPC status, null when the connection broke or was never made
         * @param reason one line
         * @param fatal whether certificates or files are at fault, so that another attempt cannot help
         */
        void onEnd(@Nullable GrpcStatus status, String reason, boolean fatal);
    }

    private LabelCall(Vertx vertx, Listener listener) {
        this.vertx = vertx;
        this.listener = listener;
    }

    /** Opens a call; must run on an event loop, on which the listener is then told everything. */
    static LabelCall open(Vertx vertx, Context context, TeacherLine line, Open open, Listener listener) {
        LabelCall call = new LabelCall(vertx, listener);
        line.request(DistillationCalls.labelClient())
                .onComplete((request, failure) -> context.runOnContext(v -> {
                    if (failure != null) {
                        call.failed(failure);
                    } else {
                        call.opened(request, open);
                    }
                }));
        return call;
    }

    private void opened(GrpcClientRequest<LabelRequest, LabelResponse> opened, Open open) {
        if (over) {
            opened.cancel();
            return;
        }
        request = opened;
        Transport.joinFlushes(opened.connection());
        opened.connection().exceptionHandler(this::alerted);
        opened.exceptionHandler(this::failed);
        opened.response().onComplete((answer, failure) -> {
            if (failure != null) {
                failed(failure);
            } else {
                answered(answer);
            }
        });
        send(LabelRequest.newBuilder().setOpen(open).build());
        pingTimer = vertx.setPeriodic(PING_MILLIS, timer -> ping(opened.connection()));
    }

    private void answered(GrpcClientResponse<LabelRequest, LabelResponse> answer) {
        response = answer;
        answer.exceptionHandler(this::failed);
        answer.errorHandler(e -> end(e.status, "the teacher broke off the stream: " + e.status.name()));
        answer.endHandler(v -> end(answer.status(), message(answer)));
        answer.handler(message -> {
            if (!over) {
                listener.onMessage(message);
            }
        });
    }

    private static String message(GrpcClientResponse<LabelRequest, LabelResponse> answer) {
        String message = CallStatus.of(answer).message();
        String status = answer.status() == null
                ? "ended without a status"
                : answer.status().name();
        return status + (message.isEmpty() ? "" : ": " + message);
    }

    private void ping(HttpConnection connection) {
        long[] timer = new long[1];
        timer[0] = vertx.setTimer(PONG_MILLIS, t -> {
            end(null, "no answer to a ping within " + PONG_MILLIS + " ms");
            connection.close();
        });
        connection.ping(Buffer.buffer(new byte[PING_BYTES])).onComplete((pong, failure) -> vertx.cancelTimer(timer[0]));
    }

    /** Sends a message, unless the call is over. */
    void send(LabelRequest message) {
        GrpcClientRequest<LabelRequest, LabelResponse> open = request;
        if (open != null && !over) {
            open.write(message).onFailure(this::failed);
        }
    }

    /**
     * Half-closes, so that the teacher ends the call in order. The listener is told no more.
     *
     * @return completes when the teacher has ended the call, or a second later
     */
    Future<Void> finish() {
        GrpcClientResponse<LabelRequest, LabelResponse> answer = response;
        GrpcClientRequest<LabelRequest, LabelResponse> open = request;
        if (over || answer == null || open == null) {
            abandon();
            return Future.succeededFuture();
        }
        over = true;
        vertx.cancelTimer(pingTimer);
        open.end();
        return answer.end().timeout(FINISH_MILLIS, TimeUnit.MILLISECONDS).otherwiseEmpty();
    }

    /** Breaks the call off without telling the listener. */
    void abandon() {
        if (!over) {
            over = true;
            vertx.cancelTimer(pingTimer);
            if (request != null) {
                request.cancel();
            }
        }
    }

    /** A refused certificate shows only now: in TLS 1.3 the teacher looks at it when the student is done. */
    private void alerted(Throwable failure) {
        if (TlsFault.of(failure).isPresent()) {
            failed(failure);
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof InvalidStatusException invalid) {
            end(invalid.actualStatus(), text(failure));
            return;
        }
        String fault = fault(failure);
        end(null, fault == null ? text(failure) : fault, fault != null);
    }

    /** What is at fault on either side and will stay so; null if another attempt may help. */
    static @Nullable String fault(Throwable failure) {
        return failure instanceof TrainingFailure unusable
                ? unusable.getMessage()
                : TlsFault.of(failure).orElse(null);
    }

    private void end(@Nullable GrpcStatus status, String reason) {
        end(status, reason, false);
    }

    private void end(@Nullable GrpcStatus status, String reason, boolean fatal) {
        if (!over) {
            over = true;
            vertx.cancelTimer(pingTimer);
            listener.onEnd(status, reason, fatal);
        }
    }

    static String text(Throwable failure) {
        String message = failure.getMessage();
        String first = message == null ? "" : message.lines().findFirst().orElse("");
        return first.isEmpty() ? failure.getClass().getSimpleName() : first;
    }
}

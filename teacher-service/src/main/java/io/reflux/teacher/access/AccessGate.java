package io.reflux.teacher.access;

import io.reflux.proto.credentials.Tokens;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.GrpcStatus;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls through to gRPC: those that show a token, where tokens are asked for, and of each client as many as its limits
 * allow. Health checks need no token, since what asks for them, a kubelet, has none; they tell whether the teacher serves.
 *
 * <p>Unary calls must end within a deadline of the teacher's, since a client need not send one.
 */
public final class AccessGate implements Handler<HttpServerRequest> {

    /** Names the client to what stands behind the gate. Set here only: what a caller sends under this name is removed. */
    public static final String CLIENT = "x-reflux-client";

    private static final String AUTHORIZATION = "authorization";
    private static final String HEALTH_CHECK = "/grpc.health.v1.Health/Check";
    private static final Set<String> UNARY = Set.of(HEALTH_CHECK, "/reflux.v1.Distillation/Describe");

    private final @Nullable Supplier<Tokens> tokens;
    private final Clients clients;
    private final UnaryDeadline deadline;
    private final Handler<HttpServerRequest> next;

    /**
     * A gate before {@code next}.
     *
     * @param tokens the tokens that count now; null: none is asked for
     * @param unaryDeadline longest that a unary call may take
     */
    public AccessGate(
            Vertx vertx,
            @Nullable Supplier<Tokens> tokens,
            Clients clients,
            Duration unaryDeadline,
            Handler<HttpServerRequest> next) {
        this.tokens = tokens;
        this.clients = clients;
        this.deadline = new UnaryDeadline(vertx, unaryDeadline);
        this.next = next;
    }

    @Override
    public void handle(HttpServerRequest request) {
        request.headers().remove(CLIENT);
        String path = String.valueOf(request.path());
        String name = address(request.remoteAddress());
        if (tokens != null && !path.equals(HEALTH_CHECK)) {
            String shown = request.getHeader(AUTHORIZATION);
            String holder = tokens.get().holder(shown);
            if (holder == null) {
                clients.refusals().count(Limit.TOKEN);
                StatusAnswer.refuse(
                        request,
                        GrpcStatus.UNAUTHENTICATED,
                        "authorization: " + (shown == null ? "absent" : "not a token of this teacher")
                                + " (expected: Bearer and a token)");
                return;
            }
            name = "token " + holder;
        }
        // Nothing behind the gate needs it, so nothing can log it.
        request.headers().remove(AUTHORIZATION);
        String refusal = clients.beginCall(name);
        if (refusal != null) {
            StatusAnswer.refuse(request, GrpcStatus.RESOURCE_EXHAUSTED, refusal);
            return;
        }
        request.headers().set(CLIENT, name);
        if (UNARY.contains(path)) {
            deadline.begin(request);
        }
        next.handle(request);
    }

    /** To be told of the end of each call that came through {@link #handle}, refused or not. */
    public void ended(HttpServerRequest request) {
        String name = request.getHeader(CLIENT);
        if (name != null) {
            clients.of(name).endCall();
        }
        deadline.end(request);
    }

    private static String address(@Nullable SocketAddress address) {
        return address == null || address.hostAddress() == null ? "unknown" : address.hostAddress();
    }
}

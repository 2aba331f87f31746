package io.reflux.teacher.access;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcStatus;

/**
 * Lets calls through that do not announce compressed messages: inflating would block the event loop, and a small message could
 * become a huge one.
 */
public final class UncompressedCalls implements Handler<HttpServerRequest> {

    private static final String ENCODING = "grpc-encoding";
    private static final String IDENTITY = "identity";

    /**
     * Stands for the encoding of a call that names none. vertx-grpc 5.0.7 would throw at a message of such a call whose flag says
     * that it is compressed, and the call would end without a status; with a name, the message is refused as any other.
     */
    private static final String UNNAMED = "an encoding without a name";

    private final Handler<HttpServerRequest> next;

    /** A gate before {@code next}. */
    public UncompressedCalls(Handler<HttpServerRequest> next) {
        this.next = next;
    }

    @Override
    public void handle(HttpServerRequest request) {
        String encoding = request.getHeader(ENCODING);
        if (encoding == null || encoding.equals(IDENTITY)) {
            request.headers().set(ENCODING, UNNAMED);
            next.handle(request);
        } else {
            request.response().putHeader("grpc-accept-encoding", IDENTITY);
            StatusAnswer.refuse(
                    request, GrpcStatus.UNIMPLEMENTED, ENCODING + ": " + encoding + " (expected: identity, or none)");
        }
    }
}

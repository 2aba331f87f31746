package io.reflux.teacher.access;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** gRPC's answer without a message, whose status stands in the headers; for calls that gRPC itself is not to see. */
final class StatusAnswer {

    private StatusAnswer() {}

    /** Ends the call with a status, or, if its answer has begun, without one. */
    static void refuse(HttpServerRequest request, GrpcStatus status, String message) {
        HttpServerResponse response = request.response();
        if (response.headWritten()) {
            response.reset();
            return;
        }
        response.putHeader("content-type", "application/grpc")
                .putHeader("grpc-status", Integer.toString(status.code))
                .putHeader("grpc-message", encoded(message))
                .end();
    }

    /** Percent-encoding (gRPC over HTTP/2, "Responses"), in which a space may be written as itself or in hexadecimal. */
    private static String encoded(String message) {
        return URLEncoder.encode(message, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

package io.reflux.proto.wire;

import io.vertx.core.MultiMap;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * How a call ended, as the caller saw it.
 *
 * @param status UNKNOWN if the call ended without one
 * @param message the teacher's words; empty if there were none
 */
public record CallStatus(GrpcStatus status, String message) {

    private static final String MESSAGE = "grpc-message";

    /**
     * Reads the status of a response that has ended. Unlike {@code statusMessage()} of vertx-grpc 5.0.7, which looks at
     * the headers only, this finds the message of a call that broke off after its first message, in the trailers.
     */
    public static CallStatus of(GrpcClientResponse<?, ?> response) {
        GrpcStatus status = response.status() == null ? GrpcStatus.UNKNOWN : response.status();
        String message = message(response.trailers());
        return new CallStatus(status, message.isEmpty() ? message(response.headers()) : message);
    }

    private static String message(MultiMap fields) {
        String encoded = fields == null ? null : fields.get(MESSAGE);
        if (encoded == null) {
            return "";
        }
        try {
            // Percent-encoding, in which a plus is a plus (gRPC over HTTP/2, "Responses").
            return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // The specification: never discard a message for its encoding.
            return encoded;
        }
    }
}

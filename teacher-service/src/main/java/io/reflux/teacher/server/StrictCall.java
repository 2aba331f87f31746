package io.reflux.teacher.server;

import io.vertx.core.Handler;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.MessageSizeOverflowException;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.StatusException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a call and a service that reads decoded messages: what cannot be decoded ends the call with a status.
 *
 * <p>A proxy, since only {@code handler} of the 30 methods of {@link GrpcServerRequest} has to change: in vertx-grpc 5.0.7 it
 * cancels the call at a malformed message and asks nobody.
 */
final class StrictCall<Q> implements InvocationHandler {

    private static final String IDENTITY = "identity";

    private final GrpcServerRequest<Q, ?> request;
    private final GrpcMessageDecoder<Q> decoder;
    private boolean refused;

    private StrictCall(GrpcServerRequest<Q, ?> request, GrpcMessageDecoder<Q> decoder) {
        this.request = request;
        this.decoder = decoder;
    }

    /** The same call for a service that does not look at malformed messages itself. */
    @SuppressWarnings("unchecked")
    static <Q, A> GrpcServerRequest<Q, A> of(GrpcServerRequest<Q, A> request, GrpcMessageDecoder<Q> decoder) {
        StrictCall<Q> strict = new StrictCall<>(request, decoder);
        request.invalidMessageHandler(strict::refuse);
        return (GrpcServerRequest<Q, A>) Proxy.newProxyInstance(
                StrictCall.class.getClassLoader(), new Class<?>[] {GrpcServerRequest.class}, strict);
    }

    @Override
    @SuppressWarnings("unchecked")
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("handler") && arguments != null && arguments[0] != null) {
            Handler<Q> handler = (Handler<Q>) arguments[0];
            request.messageHandler(message -> read(message, handler));
            return proxy;
        }
        try {
            Object result = method.invoke(request, arguments);
            return result == request ? proxy : result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void read(GrpcMessage message, Handler<Q> handler) {
        if (refused) {
            return;
        }
        try {
            if (!message.encoding().equals(IDENTITY)) {
                end(GrpcStatus.UNIMPLEMENTED, "message: compressed (expected: not)");
                return;
            }
            handler.handle(decoder.decode(message));
        } catch (CodecException e) {
            end(GrpcStatus.INVALID_ARGUMENT, "message: malformed");
        } catch (StatusException e) {
            end(e.status(), String.valueOf(e.message()));
        } catch (RuntimeException e) {
            end(GrpcStatus.INTERNAL, "the teacher failed on a message; see its log");
            throw e;
        }
    }

    private void refuse(Throwable invalid) {
        if (invalid instanceof MessageSizeOverflowException) {
            end(GrpcStatus.RESOURCE_EXHAUSTED, "message: too large");
        } else {
            end(GrpcStatus.INVALID_ARGUMENT, "message: malformed");
        }
    }

    private void end(GrpcStatus status, String message) {
        if (!refused) {
            refused = true;
            request.response().status(status).statusMessage(message).end();
        }
    }
}

package io.reflux.teacher.label;

import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.wire.DistillationCalls;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.MessageSizeOverflowException;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import io.vertx.grpc.server.StatusException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two directions of one gRPC call: decodes what arrives, and stops listening while the connection takes no more of
 * what is written. Runs on the call's event loop.
 */
final class LabelCall {

    private static final Logger LOG = LoggerFactory.getLogger(LabelCall.class);

    private static final String IDENTITY = "identity";
    private static final GrpcMessageDecoder<LabelRequest> DECODER =
            DistillationCalls.labelServer().decoder();

    /** What a call tells the stream that it carries. */
    interface Listener {

        /** A message; what it throws ends the call with its status. */
        void receive(LabelRequest message);

        /** A message is larger than the limit. */
        void tooLarge();

        /** The student has sent its last message. */
        void halfClosed();

        /** The call must end with this status. */
        void broken(StatusException refusal);

        /** The student cancelled, or the connection is lost. */
        void lost(String why);

        /** The connection takes no more messages, or takes them again. */
        void writable(boolean now);
    }

    private final GrpcServerRequest<LabelRequest, LabelResponse> request;
    private final GrpcServerResponse<LabelRequest, LabelResponse> response;
    private final Listener listener;
    private final long maxMessageBytes;
    private boolean waitingForDrain;
    private boolean ended;

    /** A call whose events go to the listener from now on. */
    LabelCall(GrpcServerRequest<LabelRequest, LabelResponse> request, long maxMessageBytes, Listener listener) {
        this.request = request;
        this.response = request.response();
        this.maxMessageBytes = maxMessageBytes;
        this.listener = listener;
        request.errorHandler(error -> listener.lost("cancelled: " + error));
        request.exceptionHandler(failure -> listener.lost(failure.toString()));
        // After the half-close this is the only sign that the connection is lost.
        response.exceptionHandler(failure -> listener.lost(failure.toString()));
        request.invalidMessageHandler(invalid -> listener.broken(invalidFrame(invalid)));
        request.messageHandler(this::decode);
        request.endHandler(done -> listener.halfClosed());
    }

    /** Whether nothing is read or written any more. */
    boolean ended() {
        return ended;
    }

    /** Sends the headers: without them the student would hear nothing before the first message. */
    void accept() {
        response.writeHead();
    }

    /** Whether {@link #write} should wait until the listener hears that the call is writable. */
    boolean full() {
        return response.writeQueueFull();
    }

    /** Sends a message; does nothing after the end. */
    void write(LabelResponse message) {
        if (ended) {
            return;
        }
        response.write(message);
        if (response.writeQueueFull() && !waitingForDrain) {
            waitingForDrain = true;
            // Errors need no credit; a student that does not receive them is not listened to either.
            request.pause();
            listener.writable(false);
            response.drainHandler(drained -> {
                waitingForDrain = false;
                request.resume();
                listener.writable(true);
            });
        }
    }

    /** Reads and writes nothing more but the end. */
    void silence() {
        ended = true;
    }

    /** Ends with OK. */
    void end() {
        ended = true;
        response.end();
    }

    /** Ends with a status. */
    void end(StatusException refusal) {
        ended = true;
        response.status(refusal.status()).statusMessage(refusal.message()).end();
    }

    private StatusException invalidFrame(Throwable invalid) {
        if (invalid instanceof MessageSizeOverflowException) {
            listener.tooLarge();
            return new StatusException(
                    GrpcStatus.RESOURCE_EXHAUSTED, "message: larger than " + maxMessageBytes + " bytes, the limit");
        }
        return new StatusException(GrpcStatus.INVALID_ARGUMENT, "message: malformed");
    }

    private void decode(GrpcMessage message) {
        if (ended) {
            return;
        }
        try {
            if (!message.encoding().equals(IDENTITY)) {
                // Inflating would block the event loop, and a small message could become a huge one.
                throw new StatusException(
                        GrpcStatus.UNIMPLEMENTED,
                        "message: compressed with " + message.encoding() + " (expected: not)");
            }
            listener.receive(DECODER.decode(message));
        } catch (StatusException e) {
            listener.broken(e);
        } catch (CodecException e) {
            listener.broken(new StatusException(GrpcStatus.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            LOG.error("a message could not be handled", e);
            listener.broken(new StatusException(GrpcStatus.INTERNAL, "the teacher failed on a message; see its log"));
        }
    }
}

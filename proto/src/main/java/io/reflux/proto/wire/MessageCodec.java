package io.reflux.proto.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.netty.buffer.ByteBuf;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.WireFormat;

/**
 * Protobuf codec whose decoded {@code bytes} fields refer to the received frame instead of copying it. The frame's
 * memory is on the heap and belongs to the message; it is collected with it.
 */
final class MessageCodec {

    private MessageCodec() {}

    static <T extends MessageLite> GrpcMessageEncoder<T> encoder() {
        return new GrpcMessageEncoder<>() {
            @Override
            public GrpcMessage encode(T message, WireFormat format) {
                requireProtobuf(format);
                return GrpcMessage.message("identity", MessageBuffer.of(message));
            }

            @Override
            public boolean accepts(WireFormat format) {
                return format == WireFormat.PROTOBUF;
            }
        };
    }

    static <T extends MessageLite> GrpcMessageDecoder<T> decoder(Parser<T> parser) {
        return new GrpcMessageDecoder<>() {
            @Override
            public T decode(GrpcMessage message) {
                requireProtobuf(message.format());
                return parse(parser, ((BufferInternal) message.payload()).getByteBuf());
            }

            @Override
            public boolean accepts(WireFormat format) {
                return format == WireFormat.PROTOBUF;
            }
        };
    }

    private static <T extends MessageLite> T parse(Parser<T> parser, ByteBuf bytes) {
        try {
            CodedInputStream in =
                    UnsafeByteOperations.unsafeWrap(bytes.nioBuffer()).newCodedInput();
            in.enableAliasing(true);
            T message = parser.parseFrom(in);
            in.checkLastTagWas(0);
            return message;
        } catch (InvalidProtocolBufferException e) {
            throw new CodecException("malformed message: " + e.getMessage(), e);
        }
    }

    private static void requireProtobuf(WireFormat format) {
        if (format != WireFormat.PROTOBUF) {
            throw new CodecException("wire format: " + format + " (expected: " + WireFormat.PROTOBUF + ")");
        }
    }
}

package io.reflux.proto.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * A message's bytes, of which large {@code bytes} fields are not copied: the buffer refers to the arrays of the message, which do
 * not change.
 */
final class MessageBuffer extends OutputStream {

    /** Size of the serialiser's own buffer; what it hands on at once beyond that is a field's array. */
    private static final int SERIALIZER_BYTES = 512;

    private static final int MOST_PARTS = 64;

    private final CompositeByteBuf parts = Unpooled.compositeBuffer(MOST_PARTS);

    private MessageBuffer() {}

    static Buffer of(MessageLite message) {
        int size = message.getSerializedSize();
        if (size <= SERIALIZER_BYTES) {
            return Buffer.buffer(message.toByteArray());
        }
        MessageBuffer buffer = new MessageBuffer();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(buffer, SERIALIZER_BYTES);
            message.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return BufferInternal.buffer(buffer.parts);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        ByteBuf part = length > SERIALIZER_BYTES
                ? Unpooled.wrappedBuffer(bytes, offset, length)
                : Unpooled.copiedBuffer(bytes, offset, length);
        parts.addComponent(true, part);
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }
}

package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.teacher.batcher.InputBuffer;
import io.reflux.teacher.batcher.Samples;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Token sequences by value, as little-endian integers in B x T order.
 *
 * @param count B
 * @param length T
 * @param idBytes bytes of one id, 4 or 8; the sign of 4 is extended
 * @param numTokens ids are below it
 */
record TokenSamples(int count, int length, int idBytes, long numTokens, ByteString data) implements Samples {

    @Override
    public long heldBytes() {
        return data.size();
    }

    /** The same sequence draws alike whether its ids came in 4 bytes or in 8. */
    @Override
    public long seed(int sample) {
        ByteBuffer ids = ids();
        byte[] wide = new byte[length * Long.BYTES];
        ByteBuffer all = ByteBuffer.wrap(wide).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < length; i++) {
            all.putLong(id(ids, sample * length + i));
        }
        return Seeds.ofContent(ByteString.copyFrom(wide), 0, wide.length);
    }

    @Override
    public void render(int first, int number, InputBuffer target, int offset) {
        ByteBuffer ids = ids();
        for (int i = 0; i < number * length; i++) {
            long id = id(ids, first * length + i);
            if (id < 0 || id >= numTokens) {
                throw new IllegalArgumentException("batch.tensor.data[sample " + (first + i / length) + "][token "
                        + i % length + "]: " + id + " (expected: 0 to " + (numTokens - 1) + ")");
            }
            target.tokens()[offset + i] = id;
        }
    }

    private ByteBuffer ids() {
        return data.asReadOnlyByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private long id(ByteBuffer ids, int index) {
        return idBytes == Integer.BYTES ? ids.getInt(index * Integer.BYTES) : ids.getLong(index * Long.BYTES);
    }
}

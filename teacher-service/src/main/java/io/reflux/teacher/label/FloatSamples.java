package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.teacher.batcher.InputBuffer;
import io.reflux.teacher.batcher.Samples;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Samples by value, as little-endian floats in B x C x plane order.
 *
 * @param count B
 * @param channels C
 * @param planeElements elements of a channel
 * @param data the floats
 * @param scaling how they become what the model takes; null: they are
 */
record FloatSamples(
        int count,
        int channels,
        int planeElements,
        ByteString data,
        @Nullable FloatScaling scaling) implements Samples {

    @Override
    public long heldBytes() {
        return data.size();
    }

    @Override
    public long seed(int sample) {
        return Seeds.ofContent(data, sample * elements() * Float.BYTES, elements() * Float.BYTES);
    }

    private int elements() {
        return channels * planeElements;
    }

    @Override
    public void render(int first, int number, InputBuffer inputs, int offset) {
        float[] target = inputs.numbers();
        FloatBuffer floats =
                data.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        floats.position(first * elements());
        floats.get(target, offset, number * elements());
        for (int i = 0; i < number * elements(); i++) {
            float value = target[offset + i];
            float scaled = scaling == null ? value : scaling.apply(i / planeElements % channels, value);
            if (!Float.isFinite(scaled)) {
                throw new IllegalArgumentException("batch.tensor.data[sample " + (first + i / elements()) + "][element "
                        + i % elements() + "]: " + value + " (expected: finite"
                        + (scaling == null ? "" : " when scaled")
                        + ")");
            }
            target[offset + i] = scaled;
        }
    }
}

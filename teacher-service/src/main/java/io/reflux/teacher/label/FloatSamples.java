package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.teacher.batcher.InputBuffer;
import io.reflux.teacher.batcher.Samples;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Samples by value, as little-endian floats in row-major order, just as the model takes them. */
record FloatSamples(int count, int sampleElements, ByteString data) implements Samples {

    @Override
    public long heldBytes() {
        return data.size();
    }

    @Override
    public long seed(int sample) {
        return Seeds.ofContent(data, sample * sampleElements * Float.BYTES, sampleElements * Float.BYTES);
    }

    @Override
    public void render(int first, int count, InputBuffer inputs, int offset) {
        float[] target = inputs.numbers();
        FloatBuffer floats =
                data.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        floats.position(first * sampleElements);
        floats.get(target, offset, count * sampleElements);
        for (int i = offset; i < offset + count * sampleElements; i++) {
            if (!Float.isFinite(target[i])) {
                throw new IllegalArgumentException(
                        "batch.tensor.data[sample " + (first + (i - offset) / sampleElements) + "][element "
                                + (i - offset) % sampleElements + "]: " + target[i]
                                + " (expected: finite)");
            }
        }
    }
}

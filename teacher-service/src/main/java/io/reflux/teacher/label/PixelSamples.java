package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.data.view.PixelScaling;
import io.reflux.teacher.batcher.InputBuffer;
import io.reflux.teacher.batcher.Samples;

/** Samples by value, as unsigned bytes in B x C x plane order. */
record PixelSamples(int count, int channels, int planeElements, ByteString data, PixelScaling scaling)
        implements Samples {

    @Override
    public long heldBytes() {
        return data.size();
    }

    @Override
    public long seed(int sample) {
        return Seeds.ofContent(data, sample * channels * planeElements, channels * planeElements);
    }

    @Override
    public void render(int first, int count, InputBuffer inputs, int offset) {
        float[] target = inputs.numbers();
        int next = first * channels * planeElements;
        int to = offset;
        float[][] tables = new float[channels][];
        for (int channel = 0; channel < channels; channel++) {
            tables[channel] = scaling.table(channel);
        }
        for (int row = 0; row < count; row++) {
            for (float[] table : tables) {
                for (int i = 0; i < planeElements; i++) {
                    target[to++] = table[data.byteAt(next++) & 0xff];
                }
            }
        }
    }
}

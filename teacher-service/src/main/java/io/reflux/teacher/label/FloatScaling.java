package io.reflux.teacher.label;

import io.reflux.data.view.PixelScaling;

/** {@code (x - mean) / std} of numbers, both operations rounded to 32-bit floating point: a pixel scaling's last two steps. */
record FloatScaling(PixelScaling pixels) {

    float apply(int channel, float value) {
        int i = pixels.mean().size() == 1 ? 0 : channel;
        return (value - pixels.mean().get(i)) / pixels.std().get(i);
    }
}

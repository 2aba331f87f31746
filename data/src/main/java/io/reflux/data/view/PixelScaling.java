package io.reflux.data.view;

import io.reflux.data.SampleShape;
import java.util.List;

/**
 * How bytes become the numbers a model sees: {@code (x / 255 - mean) / std}, each of the three operations rounded to
 * 32-bit floating point, in this order.
 *
 * @param mean one value for all channels or one per channel; finite
 * @param std likewise, as many as {@code mean}; finite, above 0
 */
public record PixelScaling(List<Float> mean, List<Float> std) {

    /** Pixels in [0, 1]. */
    public static final PixelScaling UNIT = of(0f, 1f);

    /** @throws IllegalArgumentException if a list is empty, the lengths differ or a value is out of range */
    public PixelScaling {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.isEmpty() || mean.size() != std.size()) {
            throw new IllegalArgumentException("pixel scaling: %d means, %d stds (expected: as many, at least one)"
                    .formatted(mean.size(), std.size()));
        }
        for (float value : mean) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException("pixel mean: %s (expected: finite)".formatted(value));
            }
        }
        for (float value : std) {
            if (!Float.isFinite(value) || value <= 0) {
                throw new IllegalArgumentException("pixel std: %s (expected: finite, > 0)".formatted(value));
            }
        }
    }

    /** The same mean and std for all channels. */
    public static PixelScaling of(float mean, float std) {
        return new PixelScaling(List.of(mean), List.of(std));
    }

    /**
     * Checks that there is a mean and std for each channel of a shape.
     *
     * @throws IllegalArgumentException if there is not
     */
    public void checkFits(SampleShape shape) {
        if (mean.size() != 1 && mean.size() != shape.channels()) {
            throw new IllegalArgumentException("pixel scaling: %d means (expected: 1 or %d, one per channel)"
                    .formatted(mean.size(), shape.channels()));
        }
    }

    /**
     * The value of a pixel.
     *
     * @param channel the pixel's channel
     * @param pixel the pixel, 0 to 255
     */
    public float apply(int channel, int pixel) {
        int i = mean.size() == 1 ? 0 : channel;
        return (pixel / 255f - mean.get(i)) / std.get(i);
    }

    /** The values of all 256 pixels in a channel; a new array. */
    public float[] table(int channel) {
        float[] table = new float[256];
        for (int pixel = 0; pixel < table.length; pixel++) {
            table[pixel] = apply(channel, pixel);
        }
        return table;
    }
}

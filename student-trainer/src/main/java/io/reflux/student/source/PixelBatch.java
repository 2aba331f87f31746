package io.reflux.student.source;

import io.reflux.data.SampleShape;

/**
 * Images by value.
 *
 * @param batchId increasing within a source
 * @param rows B, at least 1
 * @param shape C, H, W of a sample
 * @param pixels B x C x H x W unsigned bytes, row-major; not copied, not to be changed
 */
public record PixelBatch(long batchId, int rows, SampleShape shape, byte[] pixels) implements SampleBatch {
    /**
     * Checks that the sizes fit.
     *
     * @throws IllegalArgumentException when there are not rows x shape pixels
     */
    public PixelBatch {
        if (rows < 1 || pixels.length != rows * shape.elements()) {
            throw new IllegalArgumentException(
                    "pixels: " + pixels.length + " (expected: " + rows + " x " + shape.elements() + ")");
        }
    }

    @Override
    public PixelBatch withBatchId(long other) {
        return new PixelBatch(other, rows, shape, pixels);
    }
}

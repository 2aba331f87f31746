package io.reflux.student.source;

import io.reflux.data.SampleShape;

/**
 * A batch of samples by value, for sets the teacher has no copy of.
 *
 * @param batchId increasing within a source
 * @param rows B, at least 1
 * @param shape C, H, W of a sample
 * @param pixels B x C x H x W unsigned bytes, row-major; not copied, not to be changed
 */
public record PixelBatch(long batchId, int rows, SampleShape shape, byte[] pixels) {
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
}

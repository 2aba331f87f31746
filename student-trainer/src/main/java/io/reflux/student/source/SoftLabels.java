package io.reflux.student.source;

import java.util.List;

/**
 * The soft labels of one batch.
 *
 * @param batchId id of the batch they answer
 * @param rows B rows of logits: one for each sample of the batch, or one for each of its positions
 * @param classes C, classes of the teacher
 * @param logits B x C, row-major, all finite; not copied, not to be changed
 * @param modelDigest SHA-256 of the model that answered, 64 hexadecimal digits
 * @param hints for each of the source's hints samples x elements, row-major, all finite; not copied, not to be changed
 */
public record SoftLabels(long batchId, int rows, int classes, float[] logits, String modelDigest, List<float[]> hints) {
    /**
     * Checks that the sizes fit.
     *
     * @throws IllegalArgumentException when there are not rows x classes logits
     */
    public SoftLabels {
        hints = List.copyOf(hints);
        if (logits.length != rows * classes) {
            throw new IllegalArgumentException(
                    "logits: " + logits.length + " (expected: " + rows + " x " + classes + ")");
        }
    }

    /** Labels without hints. */
    public SoftLabels(long batchId, int rows, int classes, float[] logits, String modelDigest) {
        this(batchId, rows, classes, logits, modelDigest, List.of());
    }
}

package io.reflux.student.source;

/**
 * The soft labels of one batch.
 *
 * @param batchId id of the batch they answer
 * @param rows B rows of logits: one for each sample of the batch, or one for each of its positions
 * @param classes C, classes of the teacher
 * @param logits B x C, row-major, all finite; not copied, not to be changed
 * @param modelDigest SHA-256 of the model that answered, 64 hexadecimal digits
 */
public record SoftLabels(long batchId, int rows, int classes, float[] logits, String modelDigest) {
    /**
     * Checks that the sizes fit.
     *
     * @throws IllegalArgumentException when there are not rows x classes logits
     */
    public SoftLabels {
        if (logits.length != rows * classes) {
            throw new IllegalArgumentException(
                    "logits: " + logits.length + " (expected: " + rows + " x " + classes + ")");
        }
    }
}

package io.reflux.student.source;

/**
 * Sequences of tokens by value.
 *
 * @param batchId increasing within a source
 * @param rows B, at least 1
 * @param length T, tokens of a sequence
 * @param ids B x T token ids, row-major; not copied, not to be changed
 */
public record TokenBatch(long batchId, int rows, int length, long[] ids) implements SampleBatch {
    /**
     * Checks that the sizes fit.
     *
     * @throws IllegalArgumentException when there are not rows x length ids
     */
    public TokenBatch {
        if (rows < 1 || ids.length != rows * length) {
            throw new IllegalArgumentException("ids: " + ids.length + " (expected: " + rows + " x " + length + ")");
        }
    }

    @Override
    public TokenBatch withBatchId(long other) {
        return new TokenBatch(other, rows, length, ids);
    }
}

package io.reflux.data.sampling;

/**
 * Where a sampler stands: all that a checkpoint has to keep of it.
 *
 * @param nextBatchId id of the batch that comes next, from 0
 */
public record SamplerState(long nextBatchId) {

    /** @throws IllegalArgumentException if {@code nextBatchId} is negative */
    public SamplerState {
        if (nextBatchId < 0) {
            throw new IllegalArgumentException("nextBatchId: %d (expected: >= 0)".formatted(nextBatchId));
        }
    }
}

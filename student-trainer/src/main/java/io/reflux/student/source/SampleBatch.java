package io.reflux.student.source;

/** A batch of samples by value, for sets the teacher has no copy of. */
public sealed interface SampleBatch permits PixelBatch, TokenBatch {

    /** Increasing within a source. */
    long batchId();

    /** B, at least 1. */
    int rows();

    /** Returns the same samples under another id. */
    SampleBatch withBatchId(long other);
}

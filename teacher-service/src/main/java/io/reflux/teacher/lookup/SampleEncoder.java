package io.reflux.teacher.lookup;

import io.reflux.teacher.batcher.Samples;

/** Writes the answer to one sample: its encoded rows, one behind the other. Thread-safe. */
@FunctionalInterface
public interface SampleEncoder {

    /**
     * Encodes a sample's logits.
     *
     * @param logits holds the sample's, positions x classes, from {@code offset} on
     * @param samples the batch that the sample is part of
     * @param sample its index there
     */
    byte[] encode(float[] logits, int offset, Samples samples, int sample);
}

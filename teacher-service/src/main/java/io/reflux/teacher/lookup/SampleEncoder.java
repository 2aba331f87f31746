package io.reflux.teacher.lookup;

import io.reflux.teacher.batcher.Computed;
import io.reflux.teacher.batcher.Samples;

/** Writes one output of one sample: its encoded rows, one behind the other. Thread-safe. */
@FunctionalInterface
public interface SampleEncoder {

    /**
     * Encodes a sample's output.
     *
     * @param computed what the model gave for some samples
     * @param row place of the sample among them
     * @param output place of the output among those that the lane asks for
     * @param samples the batch that the sample is part of
     * @param sample its index there
     */
    byte[] encode(Computed computed, int row, int output, Samples samples, int sample);
}

package io.reflux.teacher.label;

import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.teacher.batcher.Samples;
import io.reflux.teacher.engine.ModelShape;
import io.reflux.teacher.engine.OutputShape;

/**
 * An output that a student asked for.
 *
 * @param index its place among the model's
 * @param shape what it gives for a sample
 * @param encoding how it is sent
 */
record WantedOutput(int index, OutputShape shape, SoftLabelEncoding encoding) {

    /** Whether these are logits, not a hint. */
    boolean isLogits() {
        return index == ModelShape.LOGITS;
    }

    /** Rows that a sample of a batch is answered with: all, or those at the positions that the batch names. */
    int rowsEach(Samples samples) {
        return samples.rowsEach(shape.rows());
    }

    /** Most bytes of the answer to a sample of a batch. */
    long sampleBytes(Samples samples) {
        return encoding.maxEncodedBytes(rowsEach(samples), shape.width());
    }
}

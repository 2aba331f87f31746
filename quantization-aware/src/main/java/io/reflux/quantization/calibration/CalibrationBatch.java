package io.reflux.quantization.calibration;

import io.reflux.model.runtime.Inputs;
import org.jspecify.annotations.Nullable;

/**
 * Samples to calibrate with; they need no labels.
 *
 * @param inputs rows x sample, row-major
 * @param rows samples, at least 1
 * @param logits what a teacher answers, as many as the model gives; null = nobody asked one. Not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record CalibrationBatch(Inputs inputs, int rows, float @Nullable [] logits) {

    /** Samples that no teacher has seen. */
    public CalibrationBatch(Inputs inputs, int rows) {
        this(inputs, rows, null);
    }
}

package io.reflux.quantization.calibration;

import io.reflux.model.runtime.Inputs;

/**
 * Samples to calibrate with; they need no labels.
 *
 * @param inputs rows x sample, row-major
 * @param rows samples, at least 1
 */
public record CalibrationBatch(Inputs inputs, int rows) {}

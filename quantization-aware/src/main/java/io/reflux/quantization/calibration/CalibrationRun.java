package io.reflux.quantization.calibration;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Samples, and what runs them.
 *
 * @param batches samples, without labels; techniques run through them once or several times
 * @param threads threads of ONNX Runtime, at least 1
 * @param device {@code cpu}, {@code cuda}, {@code cuda:N} or {@code auto}, where libtorch learns
 * @param progress takes a line for each part of long work
 */
public record CalibrationRun(
        Iterable<CalibrationBatch> batches, int threads, String device, Consumer<String> progress) {

    /** On the processor, in silence. */
    public static CalibrationRun of(Iterable<CalibrationBatch> batches, int threads) {
        return new CalibrationRun(batches, threads, "cpu", line -> {});
    }

    /** The same with all samples in memory, for what runs through them often. */
    public CalibrationRun inMemory() {
        List<CalibrationBatch> held = new ArrayList<>();
        batches.forEach(held::add);
        return new CalibrationRun(List.copyOf(held), threads, device, progress);
    }
}

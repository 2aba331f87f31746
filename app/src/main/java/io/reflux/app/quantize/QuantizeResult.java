package io.reflux.app.quantize;

import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.latency.LayerTime;
import io.reflux.student.report.Evaluation;
import java.util.List;

/**
 * What {@code reflux quantize} measured. Everything about files is measured on them as they lie on disk.
 *
 * @param dataSet the set that calibrated (its training samples) and measured (its test samples)
 * @param floats the file that was given
 * @param integers the file that was written
 * @param fidelity its logits against those of the graph that is trained, over the test set
 * @param layers names of the layers that run in integers
 * @param slower layers with which a call takes longer in integers than in floats
 * @param notices what else there is to know, a line each
 */
record QuantizeResult(
        String dataSet,
        MeasuredFile floats,
        MeasuredFile integers,
        Fidelity fidelity,
        List<String> layers,
        List<LayerTime> slower,
        List<String> notices) {

    /**
     * A file and what it does.
     *
     * @param milliseconds median time of a call with one sample, on one thread
     * @param batchMilliseconds the same with {@link FileComparison#BATCH} samples
     */
    record MeasuredFile(
            String file, long bytes, Evaluation evaluation, double milliseconds, double batchMilliseconds) {}
}

package io.reflux.app.quantize;

import io.reflux.app.quantize.QuantizeResult.MeasuredFile;
import io.reflux.data.DataSplits;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.latency.Latency;
import io.reflux.quantization.latency.LayerTimes;
import io.reflux.quantization.ptq.QuantizedGraph;
import io.reflux.student.report.Evaluator;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.sample.SampleReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Measures a file and the quantised one that was made of it, as they lie on disk.
 *
 * @param floats the file that was given
 * @param splits the data set; its test samples are measured
 * @param test reads them
 */
record FileComparison(Path floats, DataSplits splits, SampleReader test) {

    /** Samples of the larger batch that is timed. */
    static final int BATCH = 32;

    private static final int EVALUATION_BATCH = 250;

    private static final Duration TIMING = Duration.ofMillis(600);

    /** All test samples. */
    PlainBatches all() {
        return PlainBatches.all(test, splits.testIds(), EVALUATION_BATCH);
    }

    /** One sample to time calls with. */
    CalibrationBatch sample() {
        return new PlainBatches(test, splits.testIds(), 1, 1).iterator().next();
    }

    /**
     * Measures both files.
     *
     * @param times of the layers
     * @param fidelity of the file that was written
     */
    QuantizeResult measure(QuantizedGraph quantized, LayerTimes times, Path written, Fidelity fidelity)
            throws IOException {
        Evaluator evaluator = new Evaluator(splits);
        List<Double> one;
        List<Double> many;
        try (OnnxRuntimeModel before = OnnxRuntimeModel.open(floats, 1);
                OnnxRuntimeModel after = OnnxRuntimeModel.open(written, 1)) {
            one = times(before, after, 1);
            many = times(before, after, BATCH);
        }
        return new QuantizeResult(
                splits.training().name(),
                new MeasuredFile(
                        floats.toString(), Files.size(floats), evaluator.evaluate(floats), one.get(0), many.get(0)),
                new MeasuredFile(
                        written.toString(), Files.size(written), evaluator.evaluate(written), one.get(1), many.get(1)),
                fidelity,
                quantized.layers(),
                times.slowerInIntegers(),
                quantized.notices());
    }

    private List<Double> times(OnnxRuntimeModel before, OnnxRuntimeModel after, int rows) {
        CalibrationBatch batch =
                new PlainBatches(test, splits.testIds(), rows, rows).iterator().next();
        return Latency.medians(List.of(before, after), batch.inputs(), batch.rows(), TIMING, System::nanoTime);
    }
}

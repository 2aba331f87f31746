package io.reflux.app.quantize;

import io.reflux.app.console.UsageException;
import io.reflux.data.DataSplits;
import io.reflux.quantization.observer.ObserverConfig;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.sample.SampleReader;
import picocli.CommandLine.Option;

/** The options that say how ranges are chosen, and from what. */
final class CalibrationOptions {

    private static final int BATCH = 32;

    @Option(
            names = "--calibration-samples",
            paramLabel = "N",
            defaultValue = "512",
            description = "Training samples to observe (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--observer",
            paramLabel = "NAME",
            defaultValue = "mse",
            description =
                    "What chooses ranges: min-max, moving-average, percentile, mse or entropy (default: ${DEFAULT-VALUE}).")
    private String observer;

    /** @throws UsageException where a number is out of its range */
    void check() {
        if (samples < 1) {
            throw new UsageException("--calibration-samples: " + samples + " (expected: >= 1)");
        }
    }

    /** @throws io.reflux.model.graph.ModelException if there is none of that name */
    ObserverConfig observer() {
        return ObserverConfig.of(observer);
    }

    /** The training samples to observe, evenly spread. */
    PlainBatches batches(SampleReader training, DataSplits splits) {
        return new PlainBatches(training, splits.train(), samples, BATCH);
    }
}

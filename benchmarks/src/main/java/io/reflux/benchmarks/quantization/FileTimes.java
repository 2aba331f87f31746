package io.reflux.benchmarks.quantization;

import io.reflux.data.DataSplits;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.view.Augmentation;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.latency.Latency;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.sample.PlainBatches;
import io.reflux.student.sample.SampleReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Times of files in ONNX Runtime on one thread, with samples of the test set that they note.
 *
 * @param dataDir folder of the data sets
 */
record FileTimes(Path dataDir) {

    private static final int BATCH = 32;

    private static final Duration AT_LEAST = Duration.ofSeconds(4);

    /**
     * Median times of a call in milliseconds.
     *
     * @param one with one sample
     * @param many with 32
     */
    record Times(double one, double many) {}

    /** The times of files of one network, measured in turns. */
    List<Times> measure(List<Path> files) {
        List<OnnxRuntimeModel> models = new ArrayList<>();
        try {
            files.forEach(file -> models.add(OnnxRuntimeModel.open(file, 1)));
            ModelNotes notes = ModelNotes.of(models.get(0).metadata());
            DataSplits splits = DataCatalog.open(new DataSetSpec(notes.dataSet(), dataDir, 0, 0, 1));
            SampleReader test = SampleReader.of(splits.test(), Augmentation.NONE, notes.scaling());
            List<Double> one = medians(models, test, splits, 1);
            List<Double> many = medians(models, test, splits, BATCH);
            List<Times> times = new ArrayList<>();
            for (int i = 0; i < models.size(); i++) {
                times.add(new Times(one.get(i), many.get(i)));
            }
            return times;
        } finally {
            models.forEach(OnnxRuntimeModel::close);
        }
    }

    private static List<Double> medians(List<OnnxRuntimeModel> models, SampleReader test, DataSplits splits, int rows) {
        CalibrationBatch batch =
                new PlainBatches(test, splits.testIds(), rows, rows).iterator().next();
        return Latency.medians(models, batch.inputs(), rows, AT_LEAST, System::nanoTime);
    }
}

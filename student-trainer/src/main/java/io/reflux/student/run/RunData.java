package io.reflux.student.run;

import io.reflux.data.DataException;
import io.reflux.data.DataSplits;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.view.PixelScaling;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.DataConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The data of a run, opened.
 *
 * @param splits its sets; excluded classes are left out of training only
 * @param scaling how pixels become the student's inputs
 */
record RunData(DataSplits splits, PixelScaling scaling) {
    static RunData open(DataConfig config, @Nullable Path dataDir) {
        String folder = config.folder();
        Path path = folder == null ? dataDir : Path.of(folder);
        try {
            DataSplits splits = DataCatalog.open(new DataSetSpec(
                    config.set(), path, config.trainSamples(), config.validationSamples(), config.seed()));
            if (!config.excludeClasses().isEmpty()) {
                splits = splits.withTrain(splits.train().excludingClasses(splits.training(), config.excludeClasses()));
            }
            PixelScaling scaling = new PixelScaling(
                    config.pixelMean().stream().map(Double::floatValue).toList(),
                    config.pixelStd().stream().map(Double::floatValue).toList());
            scaling.checkFits(splits.training().shape());
            return new RunData(splits, scaling);
        } catch (DataException | IllegalArgumentException e) {
            throw new TrainingFailure(TrainingFailure.Code.RECIPE, "data: " + e.getMessage(), e);
        }
    }
}

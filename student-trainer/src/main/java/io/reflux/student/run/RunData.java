package io.reflux.student.run;

import io.reflux.data.DataException;
import io.reflux.data.DataSplits;
import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.catalog.TextForm;
import io.reflux.data.view.PixelScaling;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.DataConfig;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The data of a run, opened.
 *
 * @param splits its sets; excluded classes are left out of training only
 * @param scaling how pixels become the student's inputs
 */
record RunData(DataSplits splits, PixelScaling scaling) {
    /**
     * Opens the data.
     *
     * @throws TrainingFailure with code RECIPE when the recipe asks for what no set has, RESOURCE when files are absent or damaged
     */
    static RunData open(DataConfig config, @Nullable Path dataDir) {
        String folder = config.folder();
        Path path = folder == null ? dataDir : Path.of(folder);
        try {
            DataSplits splits = without(
                    config.excludeClasses(),
                    DataCatalog.open(new DataSetSpec(
                            config.set(),
                            path,
                            config.trainSamples(),
                            config.validationSamples(),
                            config.seed(),
                            new TextForm(config.blockSize(), config.vocabularySize()))));
            PixelScaling scaling = new PixelScaling(
                    config.pixelMean().stream().map(Double::floatValue).toList(),
                    config.pixelStd().stream().map(Double::floatValue).toList());
            if (splits.training() instanceof ImageDataSet images) {
                scaling.checkFits(images.shape());
            } else if (config.viewBank() > 0) {
                throw new IllegalArgumentException("viewBank: " + config.viewBank() + " (expected: 0 for "
                        + config.set() + ", text has one view of a sample)");
            }
            return new RunData(splits, scaling);
        } catch (DataException e) {
            throw new TrainingFailure(code(e), "data: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new TrainingFailure(TrainingFailure.Code.RECIPE, "data: " + e.getMessage(), e);
        }
    }

    private static DataSplits without(Set<Integer> classes, DataSplits splits) {
        if (classes.isEmpty()) {
            return splits;
        }
        SampleIds kept = splits.train().excludingClasses(splits.training().images(), classes);
        if (kept.size() == 0) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RECIPE,
                    "data.excludeClasses: " + new TreeSet<>(classes) + " (expected: to leave a sample to train on)");
        }
        return splits.withTrain(kept);
    }

    /** A recipe is at fault where it asks for what no such set has, the files where they are absent or damaged. */
    private static TrainingFailure.Code code(DataException e) {
        return switch (e.code()) {
            case UNKNOWN, UNFIT -> TrainingFailure.Code.RECIPE;
            case MISSING, UNREADABLE, CORRUPT -> TrainingFailure.Code.RESOURCE;
        };
    }
}

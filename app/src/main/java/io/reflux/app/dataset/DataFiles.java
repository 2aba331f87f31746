package io.reflux.app.dataset;

import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.catalog.TextForm;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where data sets come from: files, or the seed that draws them. */
public final class DataFiles {

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder of the standard data sets (mnist/ and so on).")
    private @Nullable Path dataDir;

    @Option(
            names = "--data-seed",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Seed of the data, as data.seed of the recipe: the glyphs that are drawn, the samples that are"
                            + " held out (default: ${DEFAULT-VALUE}).")
    private long dataSeed;

    /**
     * Returns which data set of a name that is, and which part of it.
     *
     * @param trainSamples as {@link DataSetSpec} has it; 0 for all
     *
     * @throws IllegalArgumentException if a number is negative
     */
    public DataSetSpec of(String name, long trainSamples, long validationSamples, TextForm text) {
        return new DataSetSpec(name, dataDir, trainSamples, validationSamples, dataSeed, text);
    }
}

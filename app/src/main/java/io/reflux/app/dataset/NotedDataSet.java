package io.reflux.app.dataset;

import io.reflux.app.console.UsageException;
import io.reflux.data.DataSplits;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.model.graph.ModelGraph;
import io.reflux.student.export.ModelNotes;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that choose a data set for a model's file. */
public final class NotedDataSet {

    @Option(
            names = "--data",
            paramLabel = "NAME",
            description =
                    "Data set: mnist, cifar10, glyphs, tiny-shakespeare or sst2. Without it, the one that the file says it was trained on.")
    private @Nullable String data;

    @Mixin
    private DataFiles files;

    /**
     * Refuses a name that no data set has, before a model is read for it.
     *
     * @throws UsageException when {@code --data} is given and unknown
     */
    public void requireKnown() {
        String name = data;
        if (name != null) {
            UsageException.settings(() -> DataCatalog.requireName(name));
        }
    }

    /**
     * Returns the name of the data set.
     *
     * @param file what the graph was read from, for the message
     * @throws UsageException when {@code --data} is unknown, or absent and the file notes none
     */
    public String name(Path file, ModelGraph graph) {
        requireKnown();
        String noted = ModelNotes.of(graph.metadata()).dataSet();
        if (data == null && noted.isEmpty()) {
            throw new UsageException(file + " does not say what it was trained on: give --data (expected: one of "
                    + String.join(", ", DataCatalog.names()) + ")");
        }
        return data == null ? noted : data;
    }

    /** Opens the data set of that name, with text in the form that the graph takes. */
    public DataSplits open(String name, ModelGraph graph) {
        return DataCatalog.open(files.of(name, 0, 0, ModelNotes.textForm(graph)));
    }
}

package io.reflux.teacher.server;

import io.reflux.data.DataSet;
import io.reflux.data.DataSplits;
import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleShape;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.catalog.TextForm;
import io.reflux.model.graph.ElementType;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.teacher.engine.ModelFiles;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The model and the data sets that a configuration names.
 *
 * @param model open; to be closed by whoever has it
 * @param dataSets training and test set of each
 */
record ServedFiles(InferenceModel model, List<DataSet> dataSets) {

    private static final String TORCH_SCRIPT = ".pt";

    /**
     * Opens them. A model that says what it takes is opened first, since it decides how text is cut; one that does not
     * takes the data sets' samples.
     *
     * @throws io.reflux.model.graph.ModelException if the model is missing, corrupt or no classifier
     * @throws io.reflux.data.DataException if a data set is missing or corrupt
     */
    static ServedFiles open(TeacherConfig config) {
        if (config.model().toString().endsWith(TORCH_SCRIPT)) {
            List<DataSet> sets = dataSets(config, TextForm.USUAL);
            return new ServedFiles(
                    ModelFiles.open(config.model(), config.device(), firstShape(sets), config.hints()), sets);
        }
        InferenceModel model = ModelFiles.open(config.model(), config.device(), null, config.hints());
        try {
            return new ServedFiles(model, dataSets(config, form(model)));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** Text as the model was trained on it: as long as its samples, and with as many words as it knows. */
    private static TextForm form(InferenceModel model) {
        boolean tokens =
                model.inputType() == ElementType.INT64 && model.sampleShape().size() == 1;
        if (!tokens) {
            return TextForm.USUAL;
        }
        int known = (int) Math.min(Integer.MAX_VALUE, model.numTokens());
        return new TextForm(Math.toIntExact(model.sampleShape().get(0)), known < 3 ? 0 : known);
    }

    private static List<DataSet> dataSets(TeacherConfig config, TextForm form) {
        List<DataSet> sets = new ArrayList<>();
        for (DataSetSpec spec : config.dataSets()) {
            TextForm asked = spec.text().equals(TextForm.USUAL) ? form : spec.text();
            DataSplits splits = DataCatalog.open(new DataSetSpec(
                    spec.name(), spec.folder(), spec.trainSamples(), spec.validationSamples(), spec.seed(), asked));
            sets.add(splits.training());
            sets.add(splits.test());
        }
        return List.copyOf(sets);
    }

    private static @Nullable SampleShape firstShape(List<DataSet> sets) {
        return !sets.isEmpty() && sets.get(0) instanceof ImageDataSet images ? images.shape() : null;
    }
}

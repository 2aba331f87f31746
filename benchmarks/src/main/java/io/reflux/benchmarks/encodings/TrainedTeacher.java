package io.reflux.benchmarks.encodings;

import io.reflux.data.DataSet;
import io.reflux.data.TextDataSet;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.catalog.TextForm;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.View;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.sample.SampleReader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A trained model's logits of the first samples of a test set. What a student sees of a sample is, for images, their pixels as
 * the teacher has them, and for each position of a text its token, one-hot.
 */
final class TrainedTeacher {

    private static final int ROWS = 1024;

    private TrainedTeacher() {}

    static LabelledRows rows(Path onnx, String name, Path dataDir) {
        try (InferenceModel model = OnnxRuntimeModel.open(onnx, 1)) {
            int length = Math.toIntExact(model.sampleShape().get(0));
            DataSet set = DataCatalog.open(new DataSetSpec(name, dataDir, 0, 0, 1, new TextForm(length, 0)))
                    .test();
            int samples = ROWS / set.positions();
            List<View> views =
                    LongStream.range(0, samples).mapToObj(View::plain).toList();
            Inputs inputs = SampleReader.of(
                            set,
                            Augmentation.NONE,
                            ModelNotes.of(model.metadata()).scaling())
                    .inputs(views);
            float[] logits = model.logits(inputs, samples);
            float[] features = inputs instanceof Inputs.Tokens tokens
                    ? oneHot(tokens.ids(), ((TextDataSet) set).vocabulary().size())
                    : ((Inputs.Samples) inputs).values();
            int rows = samples * set.positions();
            return new LabelledRows(name, rows, model.numClasses(), features.length / rows, features, logits);
        }
    }

    private static float[] oneHot(long[] tokens, int vocabulary) {
        float[] features = new float[tokens.length * vocabulary];
        for (int i = 0; i < tokens.length; i++) {
            features[i * vocabulary + (int) tokens[i]] = 1;
        }
        return features;
    }
}

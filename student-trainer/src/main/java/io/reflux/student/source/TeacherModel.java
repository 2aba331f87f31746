package io.reflux.student.source;

import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.sample.SampleReader;
import java.util.List;

/** A teacher in this process: renders views and runs the model. One call at a time. */
final class TeacherModel implements AutoCloseable {
    private final InferenceModel model;
    private final SampleReader reader;
    private final PixelScaling scaling;

    /** Takes over the model and closes it. */
    TeacherModel(InferenceModel model, SampleReader reader, PixelScaling scaling) {
        this.model = model;
        this.reader = reader;
        this.scaling = scaling;
    }

    int numClasses() {
        return model.numClasses();
    }

    /** Rows of logits that a sample has. */
    int positions() {
        return model.positions();
    }

    String digest() {
        return model.digest();
    }

    SoftLabels label(long batchId, List<View> views) {
        return run(batchId, reader.inputs(views), views.size());
    }

    SoftLabels label(SampleBatch batch) {
        return run(
                batch.batchId(),
                batch instanceof PixelBatch pixels ? scaled(pixels) : Inputs.of(((TokenBatch) batch).ids()),
                batch.rows());
    }

    private Inputs scaled(PixelBatch batch) {
        float[] inputs = new float[batch.pixels().length];
        int plane = batch.shape().height() * batch.shape().width();
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = scaling.apply(i / plane % batch.shape().channels(), batch.pixels()[i] & 0xff);
        }
        return Inputs.of(inputs);
    }

    private SoftLabels run(long batchId, Inputs inputs, int rows) {
        float[] logits = model.logits(inputs, rows);
        for (int i = 0; i < logits.length; i++) {
            if (!Float.isFinite(logits[i])) {
                throw new TrainingFailure(
                        TrainingFailure.Code.BAD_LABELS,
                        "teacher logit of batch " + batchId + ", row " + i / model.numClasses() + ", class "
                                + i % model.numClasses() + ": " + logits[i] + " (expected: finite)");
            }
        }
        return new SoftLabels(batchId, rows * model.positions(), model.numClasses(), logits, model.digest());
    }

    @Override
    public void close() {
        model.close();
    }
}

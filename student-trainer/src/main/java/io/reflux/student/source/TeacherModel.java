package io.reflux.student.source;

import io.reflux.data.SampleShape;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.student.failure.TrainingFailure;
import java.util.List;

/** A teacher in this process: renders views and runs the model. One call at a time. */
final class TeacherModel implements AutoCloseable {
    private final InferenceModel model;
    private final ViewRenderer renderer;
    private final SampleShape shape;
    private final PixelScaling scaling;

    /** Takes over the model and closes it. */
    TeacherModel(InferenceModel model, ViewRenderer renderer, PixelScaling scaling) {
        this.model = model;
        this.renderer = renderer;
        this.shape = renderer.dataSet().shape();
        this.scaling = scaling;
    }

    int numClasses() {
        return model.numClasses();
    }

    String digest() {
        return model.digest();
    }

    SoftLabels label(long batchId, List<View> views) {
        float[] inputs = new float[views.size() * shape.elements()];
        renderer.render(views, scaling, inputs);
        return run(batchId, inputs, views.size());
    }

    SoftLabels label(PixelBatch batch) {
        float[] inputs = new float[batch.pixels().length];
        int plane = batch.shape().height() * batch.shape().width();
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = scaling.apply(i / plane % batch.shape().channels(), batch.pixels()[i] & 0xff);
        }
        return run(batch.batchId(), inputs, batch.rows());
    }

    private SoftLabels run(long batchId, float[] inputs, int rows) {
        float[] logits = model.logits(inputs, rows);
        for (int i = 0; i < logits.length; i++) {
            if (!Float.isFinite(logits[i])) {
                throw new TrainingFailure(
                        TrainingFailure.Code.BAD_LABELS,
                        "teacher logit of batch " + batchId + ", row " + i / model.numClasses() + ", class "
                                + i % model.numClasses() + ": " + logits[i] + " (expected: finite)");
            }
        }
        return new SoftLabels(batchId, rows, model.numClasses(), logits, model.digest());
    }

    @Override
    public void close() {
        model.close();
    }
}

package io.reflux.student.source;

import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.ModelOutput;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.sample.SampleReader;
import java.util.ArrayList;
import java.util.List;

/** A teacher in this process: renders views and runs the model. One call at a time. */
final class TeacherModel implements AutoCloseable {
    private final InferenceModel model;
    private final SampleReader reader;
    private final PixelScaling scaling;
    private final List<Hint> hints = new ArrayList<>();
    /** The logits and the hints among the model's outputs. */
    private final int[] wanted;

    /**
     * Takes over the model and closes it.
     *
     * @param hints names of its outputs that come beside the logits
     */
    TeacherModel(InferenceModel model, List<String> hints, SampleReader reader, PixelScaling scaling) {
        this.model = model;
        this.wanted = new int[1 + hints.size()];
        List<String> names = model.outputs().stream().map(ModelOutput::name).toList();
        for (int i = 0; i < hints.size(); i++) {
            wanted[i + 1] = names.indexOf(hints.get(i));
            if (wanted[i + 1] < 0) {
                throw new IllegalArgumentException("hint " + hints.get(i) + " (expected: one of " + names + ")");
            }
            ModelOutput output = model.outputs().get(wanted[i + 1]);
            this.hints.add(new Hint(
                    output.name(), output.shape().stream().map(Math::toIntExact).toList()));
        }
        this.reader = reader;
        this.scaling = scaling;
    }

    List<Hint> hints() {
        return List.copyOf(hints);
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
        List<float[]> values = model.values(inputs, rows, wanted);
        float[] logits = values.get(0);
        for (int i = 0; i < logits.length; i++) {
            if (!Float.isFinite(logits[i])) {
                throw new TrainingFailure(
                        TrainingFailure.Code.BAD_LABELS,
                        "teacher logit of batch " + batchId + ", row " + i / model.numClasses() + ", class "
                                + i % model.numClasses() + ": " + logits[i] + " (expected: finite)");
            }
        }
        List<float[]> given = values.subList(1, values.size());
        for (int i = 0; i < given.size(); i++) {
            requireFinite(batchId, hints.get(i), given.get(i));
        }
        return new SoftLabels(batchId, rows * model.positions(), model.numClasses(), logits, model.digest(), given);
    }

    private static void requireFinite(long batchId, Hint hint, float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new TrainingFailure(
                        TrainingFailure.Code.BAD_LABELS,
                        "teacher " + hint.name() + " of batch " + batchId + ", sample " + i / hint.elements()
                                + ", number " + i % hint.elements() + ": " + values[i] + " (expected: finite)");
            }
        }
    }

    @Override
    public void close() {
        model.close();
    }
}

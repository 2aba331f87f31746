package io.reflux.student.report;

import io.reflux.data.DataSplits;
import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.SampleShape;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.source.PixelBatch;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Measures files, as any user of them would run them: loaded from disk, in ONNX Runtime, on the whole test set. */
public final class Evaluator {
    private static final int BATCH = 250;
    private static final int IN_FLIGHT = 4;
    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    private final ImageDataSet set;
    private final SampleIds ids;

    /** An evaluator on the test set of these splits. */
    public Evaluator(DataSplits splits) {
        this.set = splits.test().images();
        this.ids = splits.testIds();
    }

    /**
     * Measures a file.
     *
     * @param onnx an ONNX classifier
     * @throws io.reflux.model.graph.ModelException when the file cannot be run
     * @throws TrainingFailure with code MISMATCH when its input or classes do not fit the test set
     */
    public Evaluation evaluate(Path onnx) {
        return predictions(onnx).evaluate(set, ids);
    }

    /**
     * Returns the share of test samples to which two files give the same class, in [0, 1].
     *
     * @throws io.reflux.model.graph.ModelException when a file cannot be run
     * @throws TrainingFailure with code MISMATCH when its input or classes do not fit the test set
     */
    public double agreement(Path onnx, Path other) {
        return predictions(onnx).agreement(predictions(other));
    }

    /** Evaluates predictions made by this evaluator. */
    Evaluation evaluate(Predictions predictions) {
        return predictions.evaluate(set, ids);
    }

    /** Runs a file over the test set. */
    Predictions predictions(Path onnx) {
        try (InferenceModel model = OnnxRuntimeModel.open(onnx, THREADS)) {
            requireFits(onnx.toString(), model, set);
            PixelScaling scaling = ModelNotes.of(model.metadata()).scaling();
            ViewRenderer renderer = new ViewRenderer(set, Augmentation.NONE);
            float[] all = new float[Math.toIntExact(ids.size() * model.numClasses())];
            for (int from = 0; from < ids.size(); from += BATCH) {
                List<View> views = views(from);
                float[] inputs = new float[views.size() * set.shape().elements()];
                renderer.render(views, scaling, inputs);
                float[] logits = model.logits(inputs, views.size());
                System.arraycopy(logits, 0, all, from * model.numClasses(), logits.length);
            }
            return Predictions.of(model.digest(), all, model.numClasses());
        }
    }

    /** Sends the test set's pixels to a teacher, a few batches at a time. */
    Predictions predictions(SoftLabelSource teacher) {
        int rows = Math.min(BATCH, teacher.maxBatchRows());
        float[] all = new float[Math.toIntExact(ids.size() * teacher.numClasses())];
        Deque<CompletableFuture<SoftLabels>> asked = new ArrayDeque<>();
        long batches = (ids.size() + rows - 1) / rows;
        for (long batch = 0; batch < batches || !asked.isEmpty(); ) {
            if (batch < batches && asked.size() < IN_FLIGHT) {
                asked.add(teacher.request(pixels(batch, rows)));
                batch++;
                continue;
            }
            SoftLabels labels = await(asked.remove());
            int at = Math.toIntExact(labels.batchId() * rows * teacher.numClasses());
            System.arraycopy(labels.logits(), 0, all, at, labels.logits().length);
            teacher.release(labels);
        }
        return Predictions.of(teacher.modelDigest(), all, teacher.numClasses());
    }

    private List<View> views(int from) {
        List<View> views = new ArrayList<>(BATCH);
        for (int i = from; i < Math.min(ids.size(), from + BATCH); i++) {
            views.add(new View(ids.get(i), 0));
        }
        return views;
    }

    private PixelBatch pixels(long batch, int batchRows) {
        SampleShape shape = set.shape();
        long from = batch * batchRows;
        int rows = (int) Math.min(batchRows, ids.size() - from);
        byte[] pixels = new byte[rows * shape.elements()];
        for (int i = 0; i < rows; i++) {
            set.copyPixels(ids.get(from + i), pixels, i * shape.elements());
        }
        return new PixelBatch(batch, rows, shape, pixels);
    }

    private static SoftLabels await(CompletableFuture<SoftLabels> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TrainingFailure failure) {
                throw failure;
            }
            throw e;
        }
    }

    /**
     * Checks that a model takes a set's samples and knows its classes.
     *
     * @param name what to call the model in the message
     * @throws TrainingFailure with code MISMATCH when it does not
     */
    public static void requireFits(String name, InferenceModel model, ImageDataSet set) {
        long elements = model.sampleShape().stream().reduce(1L, (a, b) -> a * b);
        if (elements != set.shape().elements()) {
            throw new TrainingFailure(
                    TrainingFailure.Code.MISMATCH,
                    name + ": input of shape " + model.sampleShape() + " (expected: "
                            + set.shape().elements() + " elements, as in data set " + set.name() + ")");
        }
        if (model.numClasses() != set.numClasses()) {
            throw new TrainingFailure(
                    TrainingFailure.Code.MISMATCH,
                    name + ": " + model.numClasses() + " classes (expected: " + set.numClasses() + ", as in data set "
                            + set.name() + ")");
        }
    }
}

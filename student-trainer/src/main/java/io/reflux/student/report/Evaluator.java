package io.reflux.student.report;

import io.reflux.data.DataSet;
import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.SampleShape;
import io.reflux.data.TextDataSet;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.model.graph.ElementType;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.student.export.ModelNotes;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.sample.SampleReader;
import io.reflux.student.source.PixelBatch;
import io.reflux.student.source.SampleBatch;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.TokenBatch;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Measures files, as any user of them would run them: loaded from disk, in ONNX Runtime, on the whole test set. */
public final class Evaluator {
    private static final int BATCH = 250;
    private static final int IN_FLIGHT = 4;
    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    private final DataSet set;
    private final SampleIds ids;

    /** An evaluator on the test set of these splits. */
    public Evaluator(DataSplits splits) {
        this.set = splits.test();
        this.ids = splits.testIds();
    }

    /**
     * Measures a file.
     *
     * @param onnx an ONNX classifier or language model
     * @throws io.reflux.model.graph.ModelException when the file cannot be run
     * @throws TrainingFailure with code MISMATCH when its input or classes do not fit the test set
     */
    public Evaluation evaluate(Path onnx) {
        return predictions(onnx).evaluation();
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

    /** Runs a file over the test set. */
    Predictions predictions(Path onnx) {
        try (InferenceModel model = OnnxRuntimeModel.open(onnx, THREADS)) {
            requireFits(onnx.toString(), model, set);
            SampleReader reader = SampleReader.of(
                    set, Augmentation.NONE, ModelNotes.of(model.metadata()).scaling());
            Predictions predictions = empty(model.digest());
            for (long from = 0; from < ids.size(); from += BATCH) {
                List<View> views = SampleReader.plain(ids, from, BATCH);
                predictions.add(model.logits(reader.inputs(views), views.size()), reader.labels(views));
            }
            return predictions;
        }
    }

    /** Sends the test set's samples to a teacher, a few batches at a time. */
    Predictions predictions(SoftLabelSource teacher) {
        SampleReader reader = SampleReader.of(set, Augmentation.NONE, PixelScaling.UNIT);
        int rows = Math.min(BATCH, teacher.maxBatchRows());
        Predictions predictions = empty(teacher.modelDigest());
        Deque<CompletableFuture<SoftLabels>> asked = new ArrayDeque<>();
        long batches = (ids.size() + rows - 1) / rows;
        for (long batch = 0; batch < batches || !asked.isEmpty(); ) {
            if (batch < batches && asked.size() < IN_FLIGHT) {
                asked.add(teacher.request(samples(batch, rows)));
                batch++;
                continue;
            }
            SoftLabels labels = await(asked.remove());
            predictions.add(labels.logits(), reader.labels(SampleReader.plain(ids, labels.batchId() * rows, rows)));
            teacher.release(labels);
        }
        return predictions;
    }

    private Predictions empty(String digest) {
        return new Predictions(digest, Math.toIntExact(ids.size() * set.positions()), set.numClasses());
    }

    private SampleBatch samples(long batch, int batchRows) {
        long from = batch * batchRows;
        int rows = (int) Math.min(batchRows, ids.size() - from);
        if (set instanceof TextDataSet text) {
            long[] tokens = new long[rows * text.length()];
            for (int i = 0; i < rows; i++) {
                text.copyTokens(ids.get(from + i), tokens, i * text.length());
            }
            return new TokenBatch(batch, rows, text.length(), tokens);
        }
        SampleShape shape = set.images().shape();
        byte[] pixels = new byte[rows * shape.elements()];
        for (int i = 0; i < rows; i++) {
            set.images().copyPixels(ids.get(from + i), pixels, i * shape.elements());
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
     * Checks that a model takes a set's samples and has logits for its labels.
     *
     * @param name what to call the model in the message
     * @throws TrainingFailure with code MISMATCH when it does not
     */
    public static void requireFits(String name, InferenceModel model, DataSet set) {
        ElementType type = set instanceof TextDataSet ? ElementType.INT64 : ElementType.FLOAT;
        long elements = model.sampleShape().stream().reduce(1L, (a, b) -> a * b);
        if (model.inputType() != type || elements != elements(set)) {
            throw mismatch(name + ": input " + model.inputType() + " of shape " + model.sampleShape() + " (expected: "
                    + type + " of " + elements(set) + " elements, as in data set " + set.name() + shape(set) + ")");
        }
        if (model.numClasses() != set.numClasses()) {
            throw mismatch(name + ": " + model.numClasses() + " classes (expected: " + set.numClasses()
                    + ", as in data set " + set.name() + ")");
        }
        if (model.positions() != set.positions()) {
            throw mismatch(name + ": logits for " + model.positions() + " positions of a sample (expected: "
                    + set.positions() + ", as in data set " + set.name() + ")");
        }
    }

    /**
     * As {@link #requireFits(String, InferenceModel, DataSet)}, of a file.
     *
     * @throws io.reflux.model.graph.ModelException when the file cannot be run
     */
    public static void requireFits(Path onnx, DataSet set) {
        try (InferenceModel model = OnnxRuntimeModel.open(onnx, 1)) {
            requireFits(onnx.toString(), model, set);
        }
    }

    private static String shape(DataSet set) {
        return set instanceof TextDataSet ? "" : ", " + set.images().shape();
    }

    private static int elements(DataSet set) {
        return set instanceof TextDataSet text
                ? text.length()
                : set.images().shape().elements();
    }

    private static TrainingFailure mismatch(String message) {
        return new TrainingFailure(TrainingFailure.Code.MISMATCH, message);
    }
}

package io.reflux.student.source;

import io.reflux.data.SampleIds;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.sample.SampleReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Soft labels already in memory: computed once, when the source is made, for the samples as they are. It is what streamed
 * labels are measured against. Views with an augmentation seed are refused.
 */
public final class StoredSource implements SoftLabelSource {
    private static final int LABELLING_BATCH = 256;

    private final TeacherModel teacher;
    private final int classes;
    /** Logits of a sample, of all its positions. */
    private final int rowLogits;

    private final Map<Long, Integer> rowOfSample = new HashMap<>();
    private final float[] logits;
    private final List<float[]> hints = new ArrayList<>();
    private volatile boolean closed;

    /**
     * Computes the labels; takes over the model and closes it with the source.
     *
     * @param model the teacher
     * @param reader how views of the training set become the teacher's inputs
     * @param scaling how pixels sent by value become the teacher's inputs
     * @param ids the samples to label
     * @throws TrainingFailure when a label is not finite, or there are too many for one array
     */
    public StoredSource(InferenceModel model, SampleReader reader, PixelScaling scaling, SampleIds ids) {
        this(model, List.of(), reader, scaling, ids);
    }

    /**
     * As {@link #StoredSource(InferenceModel, SampleReader, PixelScaling, SampleIds)}, with hints.
     *
     * @param hintNames names of the model's outputs that come beside the logits
     */
    public StoredSource(
            InferenceModel model, List<String> hintNames, SampleReader reader, PixelScaling scaling, SampleIds ids) {
        this.teacher = new TeacherModel(model, hintNames, reader, scaling);
        this.classes = teacher.numClasses();
        this.rowLogits = teacher.positions() * classes;
        this.logits = new float[length(ids.size(), "logits", rowLogits)];
        teacher.hints().forEach(hint -> hints.add(new float[length(ids.size(), hint.name(), hint.elements())]));
        int row = 0;
        while (row < ids.size()) {
            List<View> views = new ArrayList<>(LABELLING_BATCH);
            for (int i = row; i < Math.min(ids.size(), row + LABELLING_BATCH); i++) {
                views.add(new View(ids.get(i), 0));
                rowOfSample.put(ids.get(i), i);
            }
            SoftLabels labels = teacher.label(row / LABELLING_BATCH, views);
            System.arraycopy(labels.logits(), 0, logits, row * rowLogits, labels.logits().length);
            for (int i = 0; i < hints.size(); i++) {
                float[] given = labels.hints().get(i);
                int elements = teacher.hints().get(i).elements();
                System.arraycopy(given, 0, hints.get(i), row * elements, given.length);
            }
            row += views.size();
        }
    }

    private static int length(long samples, String what, int each) {
        if (samples > Integer.MAX_VALUE / each) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RECIPE,
                    "teacher.stored: " + samples + " samples of " + each + " " + what + " (expected: at most "
                            + Integer.MAX_VALUE + " " + what + "; without stored they are computed batch by batch)");
        }
        return (int) samples * each;
    }

    @Override
    public CompletableFuture<SoftLabels> request(ViewBatch batch) {
        if (closed) {
            return failed(TrainingFailure.Code.TEACHER_UNAVAILABLE, "soft-label source: closed");
        }
        float[] answer = new float[batch.views().size() * rowLogits];
        List<float[]> answeredHints = new ArrayList<>();
        teacher.hints()
                .forEach(hint -> answeredHints.add(new float[batch.views().size() * hint.elements()]));
        int next = 0;
        for (View view : batch.views()) {
            Integer row = view.augmentationSeed() == 0 ? rowOfSample.get(view.sampleId()) : null;
            if (row == null) {
                return failed(TrainingFailure.Code.MISMATCH, "view: " + view + " (expected: a stored sample as it is)");
            }
            System.arraycopy(logits, row * rowLogits, answer, next * rowLogits, rowLogits);
            for (int i = 0; i < hints.size(); i++) {
                int elements = teacher.hints().get(i).elements();
                System.arraycopy(hints.get(i), row * elements, answeredHints.get(i), next * elements, elements);
            }
            next++;
        }
        return CompletableFuture.completedFuture(new SoftLabels(
                batch.batchId(),
                batch.views().size() * teacher.positions(),
                classes,
                answer,
                teacher.digest(),
                answeredHints));
    }

    @Override
    public synchronized CompletableFuture<SoftLabels> request(SampleBatch batch) {
        if (closed) {
            return failed(TrainingFailure.Code.TEACHER_UNAVAILABLE, "soft-label source: closed");
        }
        try {
            return CompletableFuture.completedFuture(teacher.label(batch));
        } catch (TrainingFailure e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static CompletableFuture<SoftLabels> failed(TrainingFailure.Code code, String message) {
        return CompletableFuture.failedFuture(new TrainingFailure(code, message));
    }

    @Override
    public int numClasses() {
        return classes;
    }

    @Override
    public List<Hint> hints() {
        return teacher.hints();
    }

    @Override
    public String modelDigest() {
        return teacher.digest();
    }

    @Override
    public SourceState state() {
        return closed ? SourceState.CLOSED : SourceState.STREAMING;
    }

    @Override
    public synchronized void close() {
        closed = true;
        teacher.close();
    }
}

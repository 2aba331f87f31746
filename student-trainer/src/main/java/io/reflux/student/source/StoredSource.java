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
        this.teacher = new TeacherModel(model, reader, scaling);
        this.classes = teacher.numClasses();
        this.rowLogits = teacher.positions() * classes;
        this.logits = new float[length(ids.size())];
        int row = 0;
        while (row < ids.size()) {
            List<View> views = new ArrayList<>(LABELLING_BATCH);
            for (int i = row; i < Math.min(ids.size(), row + LABELLING_BATCH); i++) {
                views.add(new View(ids.get(i), 0));
                rowOfSample.put(ids.get(i), i);
            }
            SoftLabels labels = teacher.label(row / LABELLING_BATCH, views);
            System.arraycopy(labels.logits(), 0, logits, row * rowLogits, labels.logits().length);
            row += views.size();
        }
    }

    private int length(long samples) {
        if (samples > Integer.MAX_VALUE / rowLogits) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RECIPE,
                    "teacher.stored: " + samples + " samples of " + rowLogits + " logits (expected: at most "
                            + Integer.MAX_VALUE + " logits; without stored they are computed batch by batch)");
        }
        return (int) samples * rowLogits;
    }

    @Override
    public CompletableFuture<SoftLabels> request(ViewBatch batch) {
        if (closed) {
            return failed(TrainingFailure.Code.TEACHER_UNAVAILABLE, "soft-label source: closed");
        }
        float[] answer = new float[batch.views().size() * rowLogits];
        int next = 0;
        for (View view : batch.views()) {
            Integer row = view.augmentationSeed() == 0 ? rowOfSample.get(view.sampleId()) : null;
            if (row == null) {
                return failed(TrainingFailure.Code.MISMATCH, "view: " + view + " (expected: a stored sample as it is)");
            }
            System.arraycopy(logits, row * rowLogits, answer, next, rowLogits);
            next += rowLogits;
        }
        return CompletableFuture.completedFuture(new SoftLabels(
                batch.batchId(), batch.views().size() * teacher.positions(), classes, answer, teacher.digest()));
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

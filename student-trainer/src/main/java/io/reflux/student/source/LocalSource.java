package io.reflux.student.source;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.PixelScaling;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.sample.SampleReader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Soft labels from a model in this process, computed on one thread of its own in the order asked. */
public final class LocalSource implements SoftLabelSource {
    private static final Logger LOG = LoggerFactory.getLogger(LocalSource.class);
    private static final long CLOSE_SECONDS = 60;

    private final TeacherModel teacher;
    private final ExecutorService executor;

    /**
     * Takes over a model and closes it with the source.
     *
     * @param model the teacher
     * @param reader how views of the training set become the teacher's inputs
     * @param scaling how pixels sent by value become the teacher's inputs
     */
    public LocalSource(InferenceModel model, SampleReader reader, PixelScaling scaling) {
        this(model, List.of(), reader, scaling);
    }

    /**
     * As {@link #LocalSource(InferenceModel, SampleReader, PixelScaling)}, with hints.
     *
     * @param hints names of the model's outputs that come beside the logits
     */
    public LocalSource(InferenceModel model, List<String> hints, SampleReader reader, PixelScaling scaling) {
        this.teacher = new TeacherModel(model, hints, reader, scaling);
        this.executor = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "reflux-local-teacher");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public CompletableFuture<SoftLabels> request(ViewBatch batch) {
        return submit(() -> teacher.label(batch.batchId(), batch.views()));
    }

    @Override
    public CompletableFuture<SoftLabels> request(SampleBatch batch) {
        return submit(() -> teacher.label(batch));
    }

    private CompletableFuture<SoftLabels> submit(Supplier<SoftLabels> work) {
        CompletableFuture<SoftLabels> answer = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    answer.complete(work.get());
                } catch (TrainingFailure e) {
                    answer.completeExceptionally(e);
                } catch (RuntimeException | Error e) {
                    // An error too: nobody else would ever complete the answer.
                    answer.completeExceptionally(
                            new TrainingFailure(TrainingFailure.Code.BAD_LABELS, "teacher: " + e.getMessage(), e));
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    new TrainingFailure(TrainingFailure.Code.TEACHER_UNAVAILABLE, "soft-label source: closed", e));
        }
        return answer;
    }

    @Override
    public int numClasses() {
        return teacher.numClasses();
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
        return executor.isShutdown() ? SourceState.CLOSED : SourceState.STREAMING;
    }

    /** Answers what has been asked, then frees the model; one that is interrupted waiting for it leaves that to the thread. */
    @Override
    public void close() {
        synchronized (executor) {
            if (!executor.isShutdown()) {
                executor.execute(teacher::close);
                executor.shutdown();
            }
        }
        try {
            if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the local teacher still computes after {} s; it is freed when it is done", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

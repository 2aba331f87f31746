package io.reflux.student.training;

import io.reflux.data.sampling.SamplerState;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.sampling.ViewSampler;
import io.reflux.student.sample.SampleReader;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Prepares batches ahead of the training step, on a thread of its own: samples views, asks for their soft labels, renders
 * them while the teacher computes. At most {@code ahead} batches wait in its queue and one in its hands; that bounds what is
 * asked of the source.
 */
final class BatchFeeder implements AutoCloseable {
    private final ViewSampler sampler;
    private final SampleReader reader;
    private final @Nullable SoftLabelSource source;
    private final BlockingQueue<PreparedBatch> queue;
    private final long steps;
    private final Thread thread;
    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    /**
     * Begins to prepare at once.
     *
     * @param firstStep batch id to begin with
     * @param steps batch id to end before
     * @param ahead batches in the queue, at least 1
     */
    BatchFeeder(
            ViewSampler sampler,
            SampleReader reader,
            @Nullable SoftLabelSource source,
            long firstStep,
            long steps,
            int ahead) {
        this.sampler = sampler;
        this.reader = reader;
        this.source = source;
        this.queue = new ArrayBlockingQueue<>(ahead);
        this.steps = steps;
        sampler.resume(new SamplerState(firstStep));
        this.thread = new Thread(this::feed, "reflux-feeder");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits for the next batch.
     *
     * @param timeoutMillis longest wait
     * @return the batch, or null when there is none yet
     * @throws RuntimeException what ended the feeder's thread
     * @throws Error the same, such as a lack of memory
     */
    @Nullable
    PreparedBatch poll(long timeoutMillis) throws InterruptedException {
        PreparedBatch next = queue.poll(timeoutMillis, TimeUnit.MILLISECONDS);
        Throwable ended = failure;
        if (next == null && ended != null && queue.isEmpty()) {
            if (ended instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) ended;
        }
        return next;
    }

    private void feed() {
        try {
            while (!closed && sampler.state().nextBatchId() < steps) {
                queue.put(prepare(sampler.next()));
            }
        } catch (InterruptedException e) {
            // Only close() interrupts this thread, and then nobody takes from the queue any more.
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // An error too: whoever polls would wait for ever for a thread that is dead.
            failure = e;
        }
    }

    private PreparedBatch prepare(ViewBatch batch) {
        CompletableFuture<SoftLabels> answer = source == null ? null : source.request(batch);
        return new PreparedBatch(batch, reader.inputs(batch.views()), reader.labels(batch.views()), answer);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

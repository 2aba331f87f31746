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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Prepares batches ahead of the training step: one thread samples views and asks for their soft labels, in order; others
 * render them while the teacher computes, several batches at a time. Batches leave in the order of their ids whichever is
 * rendered first, so the number of threads changes nothing but the time. At most {@code ahead} batches wait in the queue,
 * one in the sampling thread's hands and one in the taker's; that bounds what is asked of the source and what is held.
 */
final class BatchFeeder implements AutoCloseable {
    private final ViewSampler sampler;
    private final SampleReader reader;
    private final @Nullable SoftLabelSource source;
    private final BlockingQueue<Future<PreparedBatch>> queue;
    private final long steps;
    private final Thread thread;
    private final ExecutorService renderers;
    /** Taken from the queue, but perhaps not rendered yet; only the taker's thread uses it. */
    private @Nullable Future<PreparedBatch> head;

    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    /**
     * Begins to prepare at once.
     *
     * @param firstStep batch id to begin with
     * @param steps batch id to end before
     * @param ahead batches in the queue, at least 1
     * @param threads threads that render, at least 1
     */
    BatchFeeder(
            ViewSampler sampler,
            SampleReader reader,
            @Nullable SoftLabelSource source,
            long firstStep,
            long steps,
            int ahead,
            int threads) {
        this.sampler = sampler;
        this.reader = reader;
        this.source = source;
        this.queue = new ArrayBlockingQueue<>(ahead);
        this.steps = steps;
        sampler.resume(new SamplerState(firstStep));
        this.renderers = Executors.newFixedThreadPool(threads, task -> daemon(task, "reflux-render"));
        this.thread = daemon(this::feed, "reflux-feeder");
        thread.start();
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Waits for the next batch.
     *
     * @param timeoutMillis longest wait
     * @return the batch, or null when there is none yet
     * @throws RuntimeException what ended the feeder's thread, or kept this batch from being rendered
     * @throws Error the same, such as a lack of memory
     */
    @Nullable
    PreparedBatch poll(long timeoutMillis) throws InterruptedException {
        Future<PreparedBatch> next = head == null ? queue.poll(timeoutMillis, TimeUnit.MILLISECONDS) : head;
        head = next;
        if (next != null) {
            return await(next, timeoutMillis);
        }
        Throwable ended = failure;
        if (ended != null && queue.isEmpty()) {
            throw unchecked(ended);
        }
        return null;
    }

    private @Nullable PreparedBatch await(Future<PreparedBatch> next, long timeoutMillis) throws InterruptedException {
        try {
            PreparedBatch batch = next.get(timeoutMillis, TimeUnit.MILLISECONDS);
            head = null;
            return batch;
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw unchecked(e.getCause());
        }
    }

    /** Throws errors, returns exceptions: the tasks throw nothing that is checked. */
    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return (RuntimeException) thrown;
    }

    private void feed() {
        try {
            while (!closed && sampler.state().nextBatchId() < steps) {
                ViewBatch batch = sampler.next();
                CompletableFuture<SoftLabels> answer = source == null ? null : source.request(batch);
                queue.put(renderers.submit(() -> rendered(batch, answer)));
            }
        } catch (InterruptedException e) {
            // Only close() interrupts this thread, and then nobody takes from the queue any more.
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // An error too: whoever polls would wait for ever for a thread that is dead.
            failure = e;
        }
    }

    private PreparedBatch rendered(ViewBatch batch, @Nullable CompletableFuture<SoftLabels> answer) {
        return new PreparedBatch(batch, reader.inputs(batch.views()), reader.labels(batch.views()), answer);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
            renderers.shutdownNow();
            // What is being rendered ends within a batch; the set may be closed after this.
            renderers.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            renderers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

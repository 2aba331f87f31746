package io.reflux.teacher.fidelity;

import com.google.protobuf.ByteString;
import io.reflux.proto.encoding.SoftLabelEncoding;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Encodes a few of the rows that are sent once more, decodes them, and compares them with what the model gave.
 *
 * <p>After each measurement it rests for {@value #REST} times as long as that took, and for {@value #MIN_REST_NANOS} ns at
 * least: a hundredth of one core's time, whatever the number of classes. Measured on a thread of its own, so that no answer waits for it.
 * Thread-safe.
 */
public final class FidelitySampler implements AutoCloseable {

    private static final long REST = 99;
    private static final long MIN_REST_NANOS = 10_000_000;

    private final FidelityListener listener;
    private final LongSupplier nanoClock;
    private final Executor executor;

    /** When the next row may be measured; never while one is. */
    private final AtomicLong next;

    private final AtomicLong turns = new AtomicLong();

    /** A sampler with a thread of its own, until it is closed. */
    public FidelitySampler(FidelityListener listener) {
        // The queue holds one row at most: next lets one in at a time.
        this(
                listener,
                System::nanoTime,
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        FidelitySampler::thread,
                        new ThreadPoolExecutor.DiscardPolicy()));
    }

    FidelitySampler(FidelityListener listener, LongSupplier nanoClock, Executor executor) {
        this.listener = listener;
        this.nanoClock = nanoClock;
        this.executor = executor;
        this.next = new AtomicLong(nanoClock.getAsLong());
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "reflux-fidelity");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Shows a block of rows that was encoded; one of them may be measured.
     *
     * @param logits holds {@code rows} x {@code classes} from {@code offset} on; not kept
     * @param bytes of the block as it was encoded
     */
    public void offer(SoftLabelEncoding encoding, float[] logits, int offset, int rows, int classes, int bytes) {
        long due = next.get();
        // Differences, since the clock may overflow.
        if (nanoClock.getAsLong() - due < 0 || !next.compareAndSet(due, due + Long.MAX_VALUE / 2)) {
            return;
        }
        long turn = turns.getAndIncrement();
        int from = offset + (int) (turn % rows) * classes;
        float[] full = Arrays.copyOfRange(logits, from, from + classes);
        executor.execute(() -> measure(encoding, full, turn, (double) bytes / rows));
    }

    private void measure(SoftLabelEncoding encoding, float[] full, long turn, double rowBytes) {
        long start = nanoClock.getAsLong();
        try {
            float[] decoded = new float[full.length];
            ByteString payload = encoding.encode(full, 0, 1, full.length, row -> turn);
            encoding.decode(payload, 1, full.length, decoded, 0);
            float temperature = encoding.description().getTemperature();
            listener.measured(
                    encoding.description(),
                    RowFidelity.of(full, decoded, temperature == 0 ? 1 : temperature),
                    rowBytes);
        } finally {
            long end = nanoClock.getAsLong();
            next.set(end + Math.max(MIN_REST_NANOS, REST * (end - start)));
        }
    }

    @Override
    public void close() {
        if (executor instanceof ExecutorService service) {
            service.shutdown();
        }
    }
}

package io.reflux.teacher.label;

import io.reflux.teacher.batcher.Admission;
import io.reflux.teacher.batcher.Samples;
import java.util.function.ToLongFunction;

/**
 * The bytes that a student is ready to receive.
 *
 * <p>The balance grows by what the student grants, up to a limit, and falls by what is sent. Samples may enter the model
 * only while balance minus reservations is above zero and the connection takes messages, so what is computed but not
 * sent stays below the credit plus one sample. Thread-safe: the event loop grants and spends, the batcher reserves.
 */
final class CreditAccount implements Admission {

    private final long maxBytes;
    private final ToLongFunction<Samples> sampleBytes;

    private long balance;
    private long reserved;
    private boolean writable = true;

    /**
     * An empty account.
     *
     * @param maxBytes the most the balance can be
     * @param sampleBytes most bytes of the answer to one sample of a batch, over all outputs, at least 1
     */
    CreditAccount(long maxBytes, ToLongFunction<Samples> sampleBytes) {
        this.maxBytes = maxBytes;
        this.sampleBytes = sampleBytes;
    }

    /** Adds to the balance; what exceeds the limit is lost. {@code bytes} is unsigned. */
    synchronized void grant(long bytes) {
        long room = maxBytes - balance;
        balance += bytes < 0 ? room : Math.min(bytes, room);
    }

    /** Says whether the connection takes more messages. */
    synchronized void writable(boolean now) {
        writable = now;
    }

    /** Whether the next answer may be sent. */
    synchronized boolean maySend() {
        return balance > 0;
    }

    /**
     * Takes the size of a message that is sent, and what was reserved for it. Both at once: between the two the batcher would
     * see credit that is not there.
     */
    synchronized void spend(long bytes, long reservedBytes) {
        balance -= bytes;
        release(reservedBytes);
    }

    /** Gives back what was reserved for samples that never will be sent. */
    synchronized void release(long reservedBytes) {
        reserved -= reservedBytes;
    }

    /** Gives back what was reserved for {@code count} samples of a batch. */
    void release(int count, Samples samples) {
        release(count * sampleBytes.applyAsLong(samples));
    }

    @Override
    public synchronized int reserve(int count, Samples samples) {
        long free = balance - reserved;
        if (!writable || free <= 0) {
            return 0;
        }
        long each = sampleBytes.applyAsLong(samples);
        int taken = (int) Math.min(count, (free + each - 1) / each);
        reserved += taken * each;
        return taken;
    }

    @Override
    public synchronized boolean stalled() {
        return !writable || balance <= reserved;
    }

    @Override
    public synchronized boolean full() {
        return !writable;
    }

    synchronized long balance() {
        return balance;
    }

    synchronized long reserved() {
        return reserved;
    }
}

package io.reflux.teacher.access;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What one client has open. Thread-safe: its connections are on several event loops. */
public final class Client {

    private static final double NANOS = 1e9;

    private final String name;
    private final ClientLimits limits;
    private final Refusals refusals;
    private final LongSupplier nanoTime;

    private int calls;
    private long bytes;
    private double allowance;
    private long allowedAt;

    Client(String name, ClientLimits limits, Refusals refusals, LongSupplier nanoTime) {
        this.name = name;
        this.limits = limits;
        this.refusals = refusals;
        this.nanoTime = nanoTime;
        this.allowance = limits.maxRequestsPerSecond();
        this.allowedAt = nanoTime.getAsLong();
    }

    /** What logs call it; no secret. */
    public String name() {
        return name;
    }

    /**
     * Takes a call.
     *
     * @return null if it was taken and must be ended; otherwise why not
     */
    synchronized @Nullable String beginCall() {
        if (calls == limits.maxStreams()) {
            refusals.count(Limit.STREAMS);
            return "streams of this client: " + (calls + 1) + " (expected: at most " + limits.maxStreams()
                    + ", the limit)";
        }
        String refusal = request();
        if (refusal == null) {
            calls++;
        }
        return refusal;
    }

    synchronized void endCall() {
        calls--;
    }

    /**
     * Takes a batch.
     *
     * @param size memory that it holds until it is answered, in bytes
     * @return null if it was taken and must be ended; otherwise why not
     */
    public synchronized @Nullable String beginBatch(long size) {
        if (bytes + size > limits.maxInFlightBytes()) {
            refusals.count(Limit.BYTES);
            return "bytes in flight of this client: " + (bytes + size) + " (expected: at most "
                    + limits.maxInFlightBytes() + ", the limit)";
        }
        String refusal = request();
        if (refusal == null) {
            bytes += size;
        }
        return refusal;
    }

    /** A batch was answered or given up. */
    public synchronized void endBatch(long size) {
        bytes -= size;
    }

    /** A bucket that holds a second's worth. */
    private @Nullable String request() {
        long now = nanoTime.getAsLong();
        int rate = limits.maxRequestsPerSecond();
        allowance = Math.min(rate, allowance + (now - allowedAt) / NANOS * rate);
        allowedAt = now;
        if (allowance < 1) {
            refusals.count(Limit.RATE);
            return "requests of this client: above " + rate + " a second, the limit; send again later";
        }
        allowance--;
        return null;
    }

    /** Calls that have not ended. */
    public synchronized int calls() {
        return calls;
    }

    /** Memory of unanswered batches. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Whether nothing is open and nothing held against it, so that it may be forgotten. */
    synchronized boolean idle() {
        double recovered = allowance + (nanoTime.getAsLong() - allowedAt) / NANOS * limits.maxRequestsPerSecond();
        return calls == 0 && bytes == 0 && recovered >= limits.maxRequestsPerSecond();
    }
}

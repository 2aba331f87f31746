package io.reflux.student.remote;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Ids of labels that were used and whose credit is not given back yet. Thread-safe. */
final class ReleasedLabels {
    private final Queue<Long> batchIds = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final int together;

    /** Tells of labels only when this many have come together. */
    ReleasedLabels(int together) {
        this.together = together;
    }

    /** Adds one, and returns whether enough have come to be settled. */
    boolean add(long batchId) {
        batchIds.add(batchId);
        return size.incrementAndGet() == together;
    }

    /** Gives the credit of all back. */
    void settle(LabelExchange exchange) {
        for (Long batchId = batchIds.poll(); batchId != null; batchId = batchIds.poll()) {
            size.decrementAndGet();
            exchange.release(batchId);
        }
    }
}

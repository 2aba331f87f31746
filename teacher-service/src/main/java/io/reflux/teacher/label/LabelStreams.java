package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.teacher.access.Clients;
import io.reflux.teacher.batcher.Batcher;
import io.reflux.teacher.fidelity.FidelitySampler;
import io.reflux.teacher.lookup.Lookups;
import io.reflux.teacher.metrics.TeacherMetrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** All streams of a teacher: counts them, names them, and drains them. Thread-safe. */
public final class LabelStreams {

    private final Offer offer;
    private final Batcher batcher;
    private final @Nullable Lookups lookups;
    private final TeacherMetrics metrics;
    private final FidelitySampler fidelity;
    private final Clients clients;
    private final AtomicLong opened = new AtomicLong();
    private final Set<LabelStream> streams = new HashSet<>();
    private final Promise<Void> drained = Promise.promise();
    private boolean draining;

    /**
     * No streams yet.
     *
     * @param lookups where answers are looked up first; null: the batcher computes everything
     */
    public LabelStreams(
            Offer offer,
            Batcher batcher,
            @Nullable Lookups lookups,
            TeacherMetrics metrics,
            FidelitySampler fidelity,
            Clients clients) {
        this.offer = offer;
        this.batcher = batcher;
        this.lookups = lookups;
        this.metrics = metrics;
        this.fidelity = fidelity;
        this.clients = clients;
    }

    /** Streams that have not ended. */
    public synchronized int count() {
        return streams.size();
    }

    /** Whether {@link #drain} was called. */
    public synchronized boolean draining() {
        return draining;
    }

    /**
     * Takes no more streams and batches. Batches that were taken are still answered, as far as their students let them
     * be; then each stream ends with UNAVAILABLE.
     *
     * @return completed when no stream is left
     */
    public Future<Void> drain() {
        Set<LabelStream> left;
        synchronized (this) {
            draining = true;
            left = Set.copyOf(streams);
            if (left.isEmpty()) {
                drained.tryComplete();
            }
        }
        left.forEach(LabelStream::drain);
        return drained.future();
    }

    /**
     * Has the streams that asked for another model than {@code next} by its digest take no more batches, and end with
     * FAILED_PRECONDITION when those that were taken are answered.
     *
     * @return completed when they have ended
     */
    public Future<Void> retire(ByteString next) {
        return Future.join(all().stream().map(stream -> stream.retire(next)).toList())
                .mapEmpty();
    }

    /**
     * Tells all streams that another model answers. To be called after the last batch of the former one was handed over and
     * before the first of the next, so that each student hears of it between them. Streams that asked for another model end.
     */
    public void announce(ByteString next) {
        all().forEach(stream -> stream.modelChanged(next));
    }

    private synchronized Set<LabelStream> all() {
        return Set.copyOf(streams);
    }

    /** Whether there is room for the stream; if so it must be removed when it has ended. */
    synchronized boolean add(LabelStream stream) {
        return !draining && streams.size() < offer.limits().maxStreams() && streams.add(stream);
    }

    void remove(LabelStream stream) {
        boolean last;
        synchronized (this) {
            streams.remove(stream);
            last = draining && streams.isEmpty();
        }
        if (last) {
            drained.tryComplete();
        }
    }

    String nextId() {
        return "stream-" + opened.incrementAndGet();
    }

    Offer offer() {
        return offer;
    }

    /** Opens a student's way to its answers. */
    BatchLane lane(Terms terms, CreditAccount credit, LabelEncoder encoder, AnswerDesk desk) {
        return lookups == null
                ? new ComputedBatches(batcher, terms, credit, encoder, desk)
                : new CachedBatches(lookups, terms, credit, encoder, desk);
    }

    TeacherMetrics metrics() {
        return metrics;
    }

    FidelitySampler fidelity() {
        return fidelity;
    }

    Clients clients() {
        return clients;
    }
}

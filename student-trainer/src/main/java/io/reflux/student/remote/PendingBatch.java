package io.reflux.student.remote;

import io.reflux.proto.v1.Batch;
import io.reflux.student.source.SoftLabels;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A batch that is not wholly answered. Confined to the source's event loop. */
final class PendingBatch {
    private final long batchId;
    private final int rows;
    private final Batch content;
    private final CompletableFuture<SoftLabels> answer = new CompletableFuture<>();
    private final BitSet received = new BitSet();
    private float[] logits = {};
    private final List<float[]> hints = new ArrayList<>();
    private long bytes;
    private int failures;
    private long wireId;
    private long sentNanos;

    /**
     * A batch to be asked for.
     *
     * @param batchId the caller's id
     * @param rows samples
     * @param content views or tensor, without an id
     */
    PendingBatch(long batchId, int rows, Batch content) {
        this.batchId = batchId;
        this.rows = rows;
        this.content = content;
    }

    long batchId() {
        return batchId;
    }

    int rows() {
        return rows;
    }

    CompletableFuture<SoftLabels> answer() {
        return answer;
    }

    /** The id on the wire. It differs from the caller's only after the teacher failed at the batch. */
    long wireId() {
        return wireId;
    }

    void setWireId(long id) {
        wireId = id;
    }

    Batch sent(long nanos) {
        sentNanos = nanos;
        return content.toBuilder().setBatchId(wireId).build();
    }

    long sentNanos() {
        return sentNanos;
    }

    /** Counts a failure, drops what has come of the answer, and returns its bytes. */
    long fail() {
        failures++;
        return forget();
    }

    int failures() {
        return failures;
    }

    /** Drops what has come of the answer, and returns its bytes. */
    long forget() {
        long dropped = bytes;
        received.clear();
        bytes = 0;
        return dropped;
    }

    /** The array that holds the answer's rows, made when first asked for. */
    float[] logits(int sampleLogits) {
        if (logits.length == 0) {
            logits = new float[Math.multiplyExact(rows, sampleLogits)];
        }
        return logits;
    }

    /** The arrays that hold the answer's hints, made when first asked for. */
    List<float[]> hints(List<HintTerms> terms) {
        for (int i = hints.size(); i < terms.size(); i++) {
            hints.add(new float[Math.multiplyExact(rows, terms.get(i).hint().elements())]);
        }
        return hints;
    }

    /** Whether any of these rows has come before. */
    boolean overlaps(int first, int count) {
        int next = received.nextSetBit(first);
        return next >= 0 && next < first + count;
    }

    void receive(int first, int count, long messageBytes) {
        received.set(first, first + count);
        bytes += messageBytes;
    }

    boolean complete() {
        return received.cardinality() == rows;
    }

    long bytes() {
        return bytes;
    }
}

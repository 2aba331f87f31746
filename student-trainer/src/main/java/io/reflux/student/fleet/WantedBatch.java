package io.reflux.student.fleet;

import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A batch that is not answered, and who has been asked. Confined to the fleet's event loop. */
final class WantedBatch {
    private final long batchId;
    private final int rows;
    private final Content content;
    private final CompletableFuture<SoftLabels> answer = new CompletableFuture<>();
    private final List<Ask> asks = new ArrayList<>();
    /** Teachers that could not label it; asked again only when there is nobody else. */
    private final Set<Teacher> failedBy = new HashSet<>();

    private int failures;
    private long notBeforeNanos = Long.MIN_VALUE;

    /** Asks a source for the batch, under an id of the source's own. */
    @FunctionalInterface
    interface Content {
        CompletableFuture<SoftLabels> askOf(SoftLabelSource source, long askId);
    }

    WantedBatch(long batchId, int rows, Content content) {
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

    Content content() {
        return content;
    }

    CompletableFuture<SoftLabels> answer() {
        return answer;
    }

    /** Who is being asked now. */
    List<Ask> asks() {
        return asks;
    }

    boolean askedOf(Teacher teacher) {
        return asks.stream().anyMatch(ask -> ask.teacher() == teacher);
    }

    boolean failedBy(Teacher teacher) {
        return failedBy.contains(teacher);
    }

    /** Takes in that a teacher could not label it; nobody is asked before {@code notBefore}. */
    void failed(Teacher teacher, long notBefore) {
        failures++;
        failedBy.add(teacher);
        notBeforeNanos = notBefore;
    }

    int failures() {
        return failures;
    }

    boolean mayBeAsked(long now) {
        return asks.isEmpty() && (notBeforeNanos == Long.MIN_VALUE || now - notBeforeNanos >= 0);
    }
}

package io.reflux.student.ensemble;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.source.SampleBatch;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The weighted mean of several teachers' soft targets. Each batch is asked of every teacher, and answered when all have answered;
 * when one fails it, it fails.
 */
public final class EnsembleSource implements SoftLabelSource {
    private final List<SoftLabelSource> members;
    private final SoftTargetMean mean;
    private final Map<Long, List<SoftLabels>> inUse = new ConcurrentHashMap<>();

    /**
     * One teacher of an ensemble.
     *
     * @param source its labels
     * @param weight its part in the mean, above 0
     * @param temperature what its logits are divided by before the softmax, above 0
     */
    public record Member(SoftLabelSource source, double weight, double temperature) {}

    /**
     * Takes over the sources and closes them with itself.
     *
     * @param members at least one
     * @param temperature the step's, above 0: the softmax of the labels at it is the mean
     * @throws TrainingFailure with code MISMATCH when they do not have the same classes; the sources stay open then
     */
    public EnsembleSource(List<Member> members, double temperature) {
        this.members = members.stream().map(Member::source).toList();
        this.mean = new SoftTargetMean(
                members.stream().mapToDouble(Member::weight).toArray(),
                members.stream().mapToDouble(Member::temperature).toArray(),
                temperature);
        for (int i = 1; i < members.size(); i++) {
            int classes = this.members.get(i).numClasses();
            if (classes != numClasses()) {
                throw new TrainingFailure(
                        TrainingFailure.Code.MISMATCH,
                        "teachers[" + i + "]: " + classes + " classes (expected: " + numClasses()
                                + ", as teachers[0])");
            }
        }
    }

    @Override
    public CompletableFuture<SoftLabels> request(ViewBatch batch) {
        return all(batch.batchId(), member -> member.request(batch));
    }

    @Override
    public CompletableFuture<SoftLabels> request(SampleBatch batch) {
        return all(batch.batchId(), member -> member.request(batch));
    }

    private CompletableFuture<SoftLabels> all(
            long batchId, Function<SoftLabelSource, CompletableFuture<SoftLabels>> request) {
        List<CompletableFuture<SoftLabels>> answers =
                members.stream().map(request).toList();
        CompletableFuture<SoftLabels> answer = new CompletableFuture<>();
        for (CompletableFuture<SoftLabels> one : answers) {
            one.whenComplete((labels, failure) -> {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                }
            });
        }
        // Not on the event loop that the last answer comes from: exponentials of all classes take their time.
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).thenRunAsync(() -> {
            try {
                List<SoftLabels> labels =
                        answers.stream().map(CompletableFuture::join).toList();
                inUse.put(batchId, labels);
                answer.complete(combined(batchId, labels));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private SoftLabels combined(long batchId, List<SoftLabels> labels) {
        int rows = labels.get(0).rows();
        int classes = labels.get(0).classes();
        for (SoftLabels one : labels) {
            if (one.rows() != rows || one.classes() != classes) {
                throw new TrainingFailure(
                        TrainingFailure.Code.MISMATCH,
                        "teachers: labels of " + one.rows() + " x " + one.classes() + " (expected: " + rows + " x "
                                + classes + ", as of teachers[0])");
            }
        }
        String digests = labels.stream().map(SoftLabels::modelDigest).collect(Collectors.joining("+"));
        return new SoftLabels(batchId, rows, classes, mean.logits(labels), digests);
    }

    @Override
    public void release(SoftLabels labels) {
        List<SoftLabels> parts = inUse.remove(labels.batchId());
        if (parts != null) {
            for (int i = 0; i < parts.size(); i++) {
                members.get(i).release(parts.get(i));
            }
        }
    }

    @Override
    public int numClasses() {
        return members.get(0).numClasses();
    }

    @Override
    public int maxBatchRows() {
        return members.stream().mapToInt(SoftLabelSource::maxBatchRows).min().orElseThrow();
    }

    @Override
    public int maxBatchesInFlight() {
        return members.stream()
                .mapToInt(SoftLabelSource::maxBatchesInFlight)
                .min()
                .orElseThrow();
    }

    /** Returns the SHA-256 of each member's model, joined by {@code +}. */
    @Override
    public String modelDigest() {
        return members.stream().map(SoftLabelSource::modelDigest).collect(Collectors.joining("+"));
    }

    /** Returns the state of the member that is worst off. */
    @Override
    public SourceState state() {
        List<SourceState> states = members.stream().map(SoftLabelSource::state).toList();
        return List.of(SourceState.CLOSED, SourceState.RECONNECTING, SourceState.CONNECTING, SourceState.WAITING)
                .stream()
                .filter(states::contains)
                .findFirst()
                .orElse(SourceState.STREAMING);
    }

    @Override
    public long reconnects() {
        return members.stream().mapToLong(SoftLabelSource::reconnects).sum();
    }

    @Override
    public long labelBytes() {
        return members.stream().mapToLong(SoftLabelSource::labelBytes).sum();
    }

    @Override
    public void close() {
        List<RuntimeException> failures = new ArrayList<>();
        for (SoftLabelSource member : members) {
            try {
                member.close();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }
}

package io.reflux.student.fleet;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.student.source.SampleBatch;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceState;
import java.util.concurrent.CompletableFuture;

/** A source in a test that answers when it is told to. */
final class ScriptedTeacher implements SoftLabelSource {
    private final String digest;
    private int maxBatchesInFlight = Integer.MAX_VALUE;

    ScriptedTeacher(String digest) {
        this.digest = digest;
    }

    ScriptedTeacher withMaxBatchesInFlight(int most) {
        maxBatchesInFlight = most;
        return this;
    }

    @Override
    public CompletableFuture<SoftLabels> request(ViewBatch batch) {
        return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<SoftLabels> request(SampleBatch batch) {
        return new CompletableFuture<>();
    }

    @Override
    public int numClasses() {
        return 10;
    }

    @Override
    public int maxBatchesInFlight() {
        return maxBatchesInFlight;
    }

    @Override
    public String modelDigest() {
        return digest;
    }

    @Override
    public SourceState state() {
        return SourceState.STREAMING;
    }

    @Override
    public void close() {}
}

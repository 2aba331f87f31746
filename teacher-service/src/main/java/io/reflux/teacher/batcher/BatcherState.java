package io.reflux.teacher.batcher;

/**
 * How a batcher stands at one moment.
 *
 * @param queuedJobs jobs that have not entered the model completely
 * @param queuedBytes memory held by their samples
 * @param stalledLanes lanes whose student holds up its own work
 * @param targetSamples samples of a full batch, as chosen by the latency curve
 * @param waitNanos how long the last batch was let wait for more samples
 * @param nanosPerSample what a sample takes the model in a batch of {@code targetSamples}; NaN before the first batch
 */
public record BatcherState(
        int queuedJobs, long queuedBytes, int stalledLanes, int targetSamples, long waitNanos, double nanosPerSample) {}

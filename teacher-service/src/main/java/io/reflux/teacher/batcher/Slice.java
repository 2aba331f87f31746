package io.reflux.teacher.batcher;

/**
 * Consecutive samples of a job that enter the model together.
 *
 * @param job the job
 * @param first first sample
 * @param count number of samples, at least 1
 */
public record Slice(Job job, int first, int count) {}

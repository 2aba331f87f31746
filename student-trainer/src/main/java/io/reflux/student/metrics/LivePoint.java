package io.reflux.student.metrics;

import org.jspecify.annotations.Nullable;

/**
 * One point of the live page's curves: the mean over some steps.
 *
 * @param seconds time since the run began
 * @param step steps of all stages so far
 * @param loss mean loss
 * @param accuracy share of correct training samples, in [0, 1]
 * @param agreement share of samples with the teacher's class, null without a teacher
 * @param waitingShare share of the time waited for soft labels, in [0, 1]
 * @param samplesPerSecond samples a second
 * @param learningRate rate of the last step
 */
record LivePoint(
        double seconds,
        long step,
        double loss,
        double accuracy,
        @Nullable Double agreement,
        double waitingShare,
        double samplesPerSecond,
        double learningRate) {}

package io.reflux.student.progress;

/** How fast a stage goes on, but for the times when its teacher was away: they say nothing of what is left to do. */
final class Pace {
    private long lastStepNanos;
    private long activeNanos;
    private long countedSteps;
    private boolean interrupted;

    /** Begins a stage. */
    void begin(long nowNanos) {
        lastStepNanos = nowNanos;
        activeNanos = 0;
        countedSteps = 0;
        interrupted = false;
    }

    /** The teacher is away: the step under way does not count. */
    void interrupt() {
        interrupted = true;
    }

    /** A step is done. */
    void step(long nowNanos) {
        if (!interrupted) {
            activeNanos += nowNanos - lastStepNanos;
            countedSteps++;
        }
        interrupted = false;
        lastStepNanos = nowNanos;
    }

    /** Returns the seconds that so many steps will take; negative when that is not known yet. */
    double secondsFor(long steps) {
        return countedSteps == 0 ? -1 : activeNanos / 1e9 / countedSteps * steps;
    }
}

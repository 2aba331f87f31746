package io.reflux.student.progress;

/** Moving averages over the last seconds, so that a line neither jumps nor lags. */
final class Rates {
    private static final long BUCKET_NANOS = 100_000_000L;

    private final double past;
    private long rows;
    private long waitedNanos;
    private long elapsedNanos;
    private double meanRows;
    private double meanWaited;
    private double meanElapsed;

    /**
     * Begins without a past.
     *
     * @param past weight of what was before, for each tenth of a second, in [0, 1)
     */
    Rates(double past) {
        this.past = past;
    }

    void reset() {
        rows = 0;
        waitedNanos = 0;
        elapsedNanos = 0;
        meanRows = 0;
        meanWaited = 0;
        meanElapsed = 0;
    }

    void add(int stepRows, long stepWaitedNanos, long stepElapsedNanos) {
        rows += stepRows;
        waitedNanos += stepWaitedNanos;
        elapsedNanos += stepElapsedNanos;
        if (elapsedNanos >= BUCKET_NANOS) {
            meanRows = past * meanRows + rows;
            meanWaited = past * meanWaited + waitedNanos;
            meanElapsed = past * meanElapsed + elapsedNanos;
            rows = 0;
            waitedNanos = 0;
            elapsedNanos = 0;
        }
    }

    double rowsPerSecond() {
        return meanElapsed > 0 ? meanRows / meanElapsed * 1e9 : 0;
    }

    double waitingShare() {
        return meanElapsed > 0 ? meanWaited / meanElapsed : 0;
    }
}

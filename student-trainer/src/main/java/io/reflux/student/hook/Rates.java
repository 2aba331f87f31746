package io.reflux.student.hook;

/** Moving averages over the last seconds of steps, so that what is shown neither jumps nor lags. Not thread-safe. */
public final class Rates {
    private static final long BUCKET_NANOS = 100_000_000L;

    private final double past;
    private long rows;
    private long loadingNanos;
    private long waitedNanos;
    private long elapsedNanos;
    private double meanRows;
    private double meanLoading;
    private double meanWaited;
    private double meanElapsed;

    /**
     * Begins without a past.
     *
     * @param past weight of what was before, for each tenth of a second, in [0, 1)
     */
    public Rates(double past) {
        this.past = past;
    }

    /** Forgets everything. */
    public void reset() {
        rows = 0;
        loadingNanos = 0;
        waitedNanos = 0;
        elapsedNanos = 0;
        meanRows = 0;
        meanLoading = 0;
        meanWaited = 0;
        meanElapsed = 0;
    }

    /** Adds a step. */
    public void add(StepRecord step) {
        rows += step.rows();
        loadingNanos += step.loadingNanos();
        waitedNanos += step.waitedNanos();
        elapsedNanos += step.elapsedNanos();
        if (elapsedNanos >= BUCKET_NANOS) {
            meanRows = past * meanRows + rows;
            meanLoading = past * meanLoading + loadingNanos;
            meanWaited = past * meanWaited + waitedNanos;
            meanElapsed = past * meanElapsed + elapsedNanos;
            rows = 0;
            loadingNanos = 0;
            waitedNanos = 0;
            elapsedNanos = 0;
        }
    }

    /** Returns samples a second; 0 before the first tenth of a second. */
    public double rowsPerSecond() {
        return meanElapsed > 0 ? meanRows / meanElapsed * 1e9 : 0;
    }

    /** Returns the share of the time in which steps waited for soft labels, in [0, 1]. */
    public double waitingShare() {
        return meanElapsed > 0 ? meanWaited / meanElapsed : 0;
    }

    /** Returns the share of the time in which steps waited for samples to be rendered, in [0, 1]. */
    public double loadingShare() {
        return meanElapsed > 0 ? meanLoading / meanElapsed : 0;
    }
}

package io.reflux.student.fleet;

/**
 * How many rows a second a teacher answers while it has something to answer: rows / busy time, both forgotten exponentially, with
 * time and with answers, so that bursts weigh as much as the time that led to them. Times are monotonic nanoseconds.
 */
final class Throughput {
    /** Time after which the past weighs 1 / e. */
    private static final double MEMORY_SECONDS = 3;
    /** What the past weighs after each answer. */
    private static final double MEMORY = 0.9;
    /** What was measured is believed half as much after this long without work: a slow start must not last for ever. */
    private static final double DOUBT_SECONDS = 2;

    private double rows;
    private double seconds;
    private long lastAnswer;
    private boolean measured;

    /** Takes in an answer of some rows that was asked for at {@code asked}. */
    void answered(int numRows, long asked, long now) {
        double busy = Math.max(0, now - (measured ? Math.max(asked, lastAnswer) : asked)) / 1e9;
        double passed = measured ? (now - lastAnswer) / 1e9 : 0;
        double kept = MEMORY * Math.exp(-passed / MEMORY_SECONDS);
        rows = rows * kept + numRows;
        seconds = seconds * kept + busy;
        lastAnswer = now;
        measured = true;
    }

    boolean measured() {
        return measured && seconds > 0;
    }

    /**
     * Rows a second, as measured; what has been unanswered since {@code oldestAsked} counts as time.
     *
     * @param oldestAsked when the oldest unanswered batch was asked for; {@code now} when there is none
     */
    double rate(long oldestAsked, long now) {
        if (!measured()) {
            return Double.NaN;
        }
        double silent = Math.max(0, now - Math.max(lastAnswer, oldestAsked)) / 1e9;
        return rows / (seconds + silent);
    }

    /** What the rate may be for all we know: it doubles with every two seconds in which nothing was asked. */
    double hopedFor(boolean idle, long oldestAsked, long now) {
        double rate = rate(oldestAsked, now);
        return idle ? rate * Math.pow(2, Math.min(40, Math.max(0, now - lastAnswer) / 1e9 / DOUBT_SECONDS)) : rate;
    }
}

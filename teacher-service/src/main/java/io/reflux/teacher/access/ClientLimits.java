package io.reflux.teacher.access;

/**
 * What one client may have open, over all its connections. A client is who shows a token, or without tokens an address.
 *
 * @param maxStreams most calls at a time, at least 1
 * @param maxInFlightBytes most memory that its unanswered batches hold, at least 1
 * @param maxRequestsPerSecond most calls and batches a second, of which a second's worth may come at once, at least 1
 */
public record ClientLimits(int maxStreams, long maxInFlightBytes, int maxRequestsPerSecond) {

    /** Far above what a training student needs, and below what would starve the others. */
    public static final ClientLimits DEFAULT = new ClientLimits(128, 128L << 20, 20_000);

    public ClientLimits {
        require("maxStreams", maxStreams);
        require("maxInFlightBytes", maxInFlightBytes);
        require("maxRequestsPerSecond", maxRequestsPerSecond);
    }

    private static void require(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }
}

package io.reflux.benchmarks.fuzz;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What hostile cases did to a teacher.
 *
 * @param cases how many were sent
 * @param ends how many ended in which way
 * @param streamsLeft streams that the teacher still counted when all had ended
 * @param heapGrowthBytes heap after a collection at the end, less that after the first tenth
 * @param seconds how long it took
 */
record FuzzReport(int cases, Map<String, Integer> ends, double streamsLeft, long heapGrowthBytes, double seconds) {

    private static final long MAX_GROWTH_BYTES = 32L << 20;

    FuzzReport {
        ends = Map.copyOf(ends);
    }

    /** Calls that ended without a status, or not at all. */
    int withoutStatus() {
        return HostileCaller.WITHOUT_STATUS.stream()
                .mapToInt(end -> ends.getOrDefault(end, 0))
                .sum();
    }

    /** Whether the teacher answered everything and kept nothing. */
    boolean well() {
        return withoutStatus() == 0 && streamsLeft == 0 && heapGrowthBytes < MAX_GROWTH_BYTES;
    }

    /** A table in Markdown. */
    String table() {
        String rows = new TreeMap<>(ends)
                .entrySet().stream()
                        .map(end -> "| " + end.getKey() + " | " + end.getValue() + " |")
                        .collect(Collectors.joining("\n"));
        return "| end of a case | cases |\n|---|---|\n" + rows + "\n\n"
                + "%d cases in %.0f s; streams left %.0f; heap after collection %+.1f MB since the first tenth"
                        .formatted(cases, seconds, streamsLeft, heapGrowthBytes / 1e6);
    }
}

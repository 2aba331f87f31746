package io.reflux.proto.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive samples of a batch that one {@code Labels} message answers.
 *
 * @param first index of the first sample in the batch, at least 0
 * @param count number of samples, at least 1
 */
public record RowRange(int first, int count) {

    /**
     * Most payload bytes in one message. Between 32 and 128 KB a stream is fastest, and queues, which count messages,
     * stay small in bytes.
     */
    public static final int MAX_PAYLOAD_BYTES = 64 * 1024;

    public RowRange {
        if (first < 0) {
            throw new IllegalArgumentException("first: " + first + " (expected: >= 0)");
        }
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + " (expected: >= 1)");
        }
    }

    /**
     * Cuts {@code rows} rows into ranges of at most {@code maxBytes} bytes, in order and without a gap. A single row
     * larger than that is a range of its own.
     *
     * @param rows number of rows, at least 0
     * @param rowBytes encoded size of a row over all outputs, at least 1
     * @param maxBytes most bytes in a range, at least 1
     */
    public static List<RowRange> split(int rows, int rowBytes, int maxBytes) {
        if (rowBytes < 1) {
            throw new IllegalArgumentException("rowBytes: " + rowBytes + " (expected: >= 1)");
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: >= 1)");
        }
        int rowsEach = Math.max(1, maxBytes / rowBytes);
        List<RowRange> ranges = new ArrayList<>((rows + rowsEach - 1) / rowsEach);
        for (int first = 0; first < rows; first += rowsEach) {
            ranges.add(new RowRange(first, Math.min(rowsEach, rows - first)));
        }
        return List.copyOf(ranges);
    }
}

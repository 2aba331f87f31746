package io.reflux.data;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** An immutable list of sample ids: a range, or ids one by one. No id occurs twice. */
public final class SampleIds {

    private static final SampleIds EMPTY = new SampleIds(0, 0, null);

    private final long from;
    private final long size;
    /** The ids one by one; null for a range. */
    private final long @Nullable [] ids;

    private SampleIds(long from, long size, long @Nullable [] ids) {
        this.from = from;
        this.size = size;
        this.ids = ids;
    }

    /** No ids. */
    public static SampleIds empty() {
        return EMPTY;
    }

    /**
     * The ids {@code from} to {@code to - 1}.
     *
     * @throws IllegalArgumentException unless {@code 0 <= from <= to}
     */
    public static SampleIds range(long from, long to) {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("sample ids: %d to %d (expected: 0 <= from <= to)".formatted(from, to));
        }
        return new SampleIds(from, to - from, null);
    }

    /** All ids of a set. */
    public static SampleIds all(DataSet set) {
        return range(0, set.size());
    }

    /**
     * These ids in this order; the array is copied.
     *
     * @throws IllegalArgumentException if an id is negative or occurs twice
     */
    public static SampleIds of(long... ids) {
        long[] sorted = ids.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            if (sorted[i] < 0) {
                throw new IllegalArgumentException("sample id: %d (expected: >= 0)".formatted(sorted[i]));
            }
            if (i > 0 && sorted[i] == sorted[i - 1]) {
                throw new IllegalArgumentException("sample id: %d twice (expected: once)".formatted(sorted[i]));
            }
        }
        return new SampleIds(0, ids.length, ids.clone());
    }

    /** Number of ids. */
    public long size() {
        return size;
    }

    /**
     * The id at a position.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= i < size()}
     */
    public long get(long i) {
        if (i < 0 || i >= size) {
            throw new IndexOutOfBoundsException("position: %d (expected: 0 to %d)".formatted(i, size - 1));
        }
        return ids == null ? from + i : ids[(int) i];
    }

    /**
     * The first {@code n} of these ids.
     *
     * @throws IllegalArgumentException unless {@code 0 <= n <= size()}
     */
    public SampleIds first(long n) {
        checkCount(n);
        return ids == null ? range(from, from + n) : new SampleIds(0, n, Arrays.copyOf(ids, (int) n));
    }

    /**
     * The last {@code n} of these ids.
     *
     * @throws IllegalArgumentException unless {@code 0 <= n <= size()}
     */
    public SampleIds last(long n) {
        checkCount(n);
        return ids == null
                ? range(from + size - n, from + size)
                : new SampleIds(0, n, Arrays.copyOfRange(ids, (int) (size - n), (int) size));
    }

    /** These ids, in their order, without those whose label in {@code set} is one of {@code classes}. */
    public SampleIds excludingClasses(ImageDataSet set, Set<Integer> classes) {
        for (int excluded : classes) {
            if (excluded < 0 || excluded >= set.numClasses()) {
                throw new IllegalArgumentException("excluded class: %d (expected: 0 to %d, data set %s)"
                        .formatted(excluded, set.numClasses() - 1, set.name()));
            }
        }
        long[] kept = stream().filter(id -> !classes.contains(set.label(id))).toArray();
        return new SampleIds(0, kept.length, kept);
    }

    /** The ids in their order. */
    public LongStream stream() {
        return ids == null ? LongStream.range(from, from + size) : Arrays.stream(ids);
    }

    private void checkCount(long n) {
        if (n < 0 || n > size) {
            throw new IllegalArgumentException("number of samples: %d (expected: 0 to %d)".formatted(n, size));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SampleIds that
                && size == that.size
                && (ids == null && that.ids == null
                        ? size == 0 || from == that.from
                        : Arrays.equals(stream().toArray(), that.stream().toArray()));
    }

    @Override
    public int hashCode() {
        return size == 0 ? 0 : Long.hashCode(31 * size + get(0));
    }

    @Override
    public String toString() {
        return size == 0 ? "no samples" : "%d samples from id %d on".formatted(size, get(0));
    }
}

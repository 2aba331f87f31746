package io.reflux.teacher.lookup;

import io.reflux.data.view.View;
import io.reflux.teacher.batcher.Computed;
import io.reflux.teacher.batcher.Failure;
import io.reflux.teacher.batcher.InputBuffer;
import io.reflux.teacher.batcher.Job;
import io.reflux.teacher.batcher.Samples;
import io.reflux.teacher.batcher.Slice;
import io.reflux.teacher.batcher.SliceListener;
import io.reflux.teacher.cache.RowKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The outputs of a pending answer that nobody knows and nobody else computes, as a job of its own for the batcher: the samples
 * that miss an output are its rows, and each of them is computed with all outputs that any of them misses, since a pass over
 * a sample is what costs.
 *
 * <p>Whatever ends the job before its time hands the outputs that did not reach the model to others who wait for them.
 */
final class MissJob implements Samples, SliceListener {

    /** Where an output is on its way. */
    private enum State {
        WAITING,
        IN_MODEL,
        REPORTED
    }

    private final Lookups lookups;
    private final PendingAnswer answer;
    private final Samples samples;
    private final int[] cells;
    private final @Nullable RowKey[] keys;
    private final State[] states;

    /** Where the cells of each row begin among all of them, and behind the last row their number. */
    private final int[] starts;

    /**
     * A job that is not submitted yet.
     *
     * @param cells what is missing, by its place in the answer, increasing
     * @param keys their keys; null for a sample that has none
     */
    MissJob(Lookups lookups, PendingAnswer answer, int[] cells, @Nullable RowKey[] keys) {
        this.lookups = lookups;
        this.answer = answer;
        this.samples = answer.lookup().samples();
        this.cells = cells;
        this.keys = keys;
        this.states = new State[cells.length];
        Arrays.fill(states, State.WAITING);
        IntStream firsts = IntStream.range(0, cells.length)
                .filter(i -> i == 0 || answer.sample(cells[i]) != answer.sample(cells[i - 1]));
        this.starts = IntStream.concat(firsts, IntStream.of(cells.length)).toArray();
    }

    /** A job of some cells of an answer; {@code keys} are those of all of them. */
    static MissJob of(Lookups lookups, PendingAnswer answer, int[] cells, @Nullable RowKey[] keys) {
        @Nullable RowKey[] own = new @Nullable RowKey[cells.length];
        Arrays.setAll(own, i -> keys[cells[i]]);
        return new MissJob(lookups, answer, cells, own);
    }

    Job job() {
        int[] outputs = IntStream.of(cells)
                .map(cell -> answer.lane().outputs()[answer.output(cell)])
                .distinct()
                .toArray();
        return new Job(this, outputs, this);
    }

    PendingAnswer answer() {
        return answer;
    }

    private int sample(int row) {
        return answer.sample(cells[starts[row]]);
    }

    @Override
    public int count() {
        return starts.length - 1;
    }

    /** The batch is held by whoever looks it up until it is answered, and counted there. */
    @Override
    public long heldBytes() {
        return 0;
    }

    @Override
    public long seed(int row) {
        return samples.seed(sample(row));
    }

    @Override
    public @Nullable View view(int row) {
        return samples.view(sample(row));
    }

    @Override
    public int[] positions() {
        return samples.positions();
    }

    @Override
    public void render(int first, int count, InputBuffer target, int offset) {
        enter(starts[first], starts[first + count]);
        int elements = lookups.shape().sampleElements();
        int end = first + count;
        for (int row = first; row < end; ) {
            int run = row + 1;
            while (run < end && sample(run) == sample(run - 1) + 1) {
                run++;
            }
            samples.render(sample(row), run - row, target, offset + (row - first) * elements);
            row = run;
        }
    }

    private synchronized void enter(int from, int to) {
        Arrays.fill(states, from, to, State.IN_MODEL);
    }

    /** Returns false if it was reported before. */
    private synchronized boolean report(int i) {
        boolean first = states[i] != State.REPORTED;
        states[i] = State.REPORTED;
        return first;
    }

    @Override
    public void computed(Slice slice, Computed computed) {
        Map<RowKey, byte[]> fresh = new LinkedHashMap<>();
        List<RowKey> landed = new ArrayList<>();
        try {
            land(slice, computed, fresh, landed);
            finish();
            // The students have their answers; nobody but this thread waits for the disk.
            lookups.cache().store(fresh);
        } finally {
            // Of an encoder that throws, too, some samples may have their answer.
            landed.forEach(lookups.flights()::end);
        }
    }

    private void land(Slice slice, Computed computed, Map<RowKey, byte[]> fresh, List<RowKey> landed) {
        for (int row = slice.first(); row < slice.first() + slice.count(); row++) {
            for (int i = starts[row]; i < starts[row + 1]; i++) {
                byte[] rows = answer.lane()
                        .encoder()
                        .encode(computed, row - slice.first(), answer.output(cells[i]), samples, sample(row));
                RowKey key = keys[i];
                Answer known = new Answer(rows, computed.modelDigest(), computed.queueNanos(), computed.computeNanos());
                report(i);
                if (key == null) {
                    answer.receive(cells[i], known);
                } else {
                    // The model may have changed since the sample was looked up.
                    RowKey current = answer.key(cells[i], computed.modelDigest());
                    lookups.cache().remember(current, rows);
                    fresh.put(current, rows);
                    landed.add(key);
                    lookups.flights().land(key, known);
                }
            }
        }
    }

    @Override
    public void failed(Slice slice, Failure failure, String message) {
        // Of several samples one may be at fault, and its neighbours' students need not suffer for it.
        boolean shared = failure == Failure.MODEL_FAILED || slice.count() == 1;
        int from = starts[slice.first()];
        int to = starts[slice.first() + slice.count()];
        for (int i = from; i < to; i++) {
            RowKey key = keys[i];
            if (shared && key != null && report(i)) {
                lookups.flights().fail(key).forEach(waiter -> waiter.answer().fail(failure, message));
            }
        }
        answer.fail(failure, message);
        handOver(IntStream.range(from, to));
        abandon();
    }

    /** Gives up what did not reach the model yet. */
    void abandon() {
        handOver(IntStream.range(0, cells.length).filter(this::waiting));
        finish();
    }

    private synchronized boolean waiting(int i) {
        return states[i] == State.WAITING;
    }

    /** What an heir inherits is one job, so that its samples enter the model once. */
    private void handOver(IntStream given) {
        Map<PendingAnswer, SortedMap<Integer, RowKey>> heirs = new LinkedHashMap<>();
        given.forEach(i -> {
            RowKey key = keys[i];
            if (report(i) && key != null) {
                Waiter heir = lookups.flights().handOver(key, answer);
                if (heir != null) {
                    heirs.computeIfAbsent(heir.answer(), any -> new TreeMap<>()).put(heir.cell(), key);
                }
            }
        });
        heirs.forEach((heir, inherited) -> lookups.compute(new MissJob(
                lookups,
                heir,
                inherited.keySet().stream().mapToInt(Integer::intValue).toArray(),
                inherited.values().toArray(RowKey[]::new))));
    }

    private void finish() {
        if (over()) {
            answer.lane().finished(this);
        }
    }

    private synchronized boolean over() {
        return Arrays.stream(states).allMatch(state -> state == State.REPORTED);
    }
}

package io.reflux.teacher.lookup;

import com.google.protobuf.ByteString;
import io.reflux.data.view.View;
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
import org.jspecify.annotations.Nullable;

/**
 * The samples of a pending answer that nobody knows and nobody else computes, as a job of their own for the batcher.
 *
 * <p>Whatever ends the job before its time hands the samples that did not reach the model to others who wait for them.
 */
final class MissJob implements Samples, SliceListener {

    /** Where a sample is on its way. */
    private enum State {
        WAITING,
        IN_MODEL,
        REPORTED
    }

    private final Lookups lookups;
    private final PendingAnswer answer;
    private final Samples samples;
    private final int[] indexes;
    private final @Nullable RowKey[] keys;
    private final State[] states;

    /**
     * A job that is not submitted yet.
     *
     * @param indexes the samples, by their index in the answer, increasing
     * @param keys their keys; null for a sample that has none
     */
    MissJob(Lookups lookups, PendingAnswer answer, int[] indexes, @Nullable RowKey[] keys) {
        this.lookups = lookups;
        this.answer = answer;
        this.samples = answer.lookup().samples();
        this.indexes = indexes;
        this.keys = keys;
        this.states = new State[indexes.length];
        Arrays.fill(states, State.WAITING);
    }

    /** A job of some samples of an answer; {@code keys} are those of all of them. */
    static MissJob of(Lookups lookups, PendingAnswer answer, int[] indexes, @Nullable RowKey[] keys) {
        @Nullable RowKey[] own = new @Nullable RowKey[indexes.length];
        Arrays.setAll(own, row -> keys[indexes[row]]);
        return new MissJob(lookups, answer, indexes, own);
    }

    Job job() {
        return new Job(this, this);
    }

    PendingAnswer answer() {
        return answer;
    }

    private int sample(int row) {
        return answer.first() + indexes[row];
    }

    @Override
    public int count() {
        return indexes.length;
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
        enter(first, count);
        int elements = lookups.shape().sampleElements();
        int end = first + count;
        for (int row = first; row < end; ) {
            int run = row + 1;
            while (run < end && indexes[run] == indexes[run - 1] + 1) {
                run++;
            }
            samples.render(sample(row), run - row, target, offset + (row - first) * elements);
            row = run;
        }
    }

    private synchronized void enter(int first, int count) {
        Arrays.fill(states, first, first + count, State.IN_MODEL);
    }

    private synchronized boolean report(int row, boolean evenIfWaiting) {
        if (states[row] == State.REPORTED || states[row] == State.WAITING && !evenIfWaiting) {
            return false;
        }
        states[row] = State.REPORTED;
        return true;
    }

    @Override
    public void computed(
            Slice slice, ByteString modelDigest, float[] logits, int offset, long queueNanos, long computeNanos) {
        Map<RowKey, byte[]> fresh = new LinkedHashMap<>();
        List<RowKey> landed = new ArrayList<>();
        try {
            land(slice, new Logits(modelDigest, logits, offset, queueNanos, computeNanos), fresh, landed);
            finish();
            // The students have their answers; nobody but this thread waits for the disk.
            lookups.cache().store(fresh);
        } finally {
            // Of an encoder that throws, too, some samples may have their answer.
            landed.forEach(lookups.flights()::end);
        }
    }

    /** What the model gave for a slice. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Logits(ByteString modelDigest, float[] values, int offset, long queueNanos, long computeNanos) {}

    private void land(Slice slice, Logits logits, Map<RowKey, byte[]> fresh, List<RowKey> landed) {
        int sampleLogits = lookups.shape().sampleLogits();
        for (int row = slice.first(); row < slice.first() + slice.count(); row++) {
            byte[] rows = answer.lane()
                    .encoder()
                    .encode(
                            logits.values(),
                            logits.offset() + (row - slice.first()) * sampleLogits,
                            samples,
                            sample(row));
            RowKey key = keys[row];
            Answer known = new Answer(rows, logits.modelDigest(), logits.queueNanos(), logits.computeNanos());
            report(row, true);
            if (key == null) {
                answer.receive(indexes[row], known);
            } else {
                // The model may have changed since the sample was looked up.
                RowKey computed = answer.lookup().keys().key(sample(row), logits.modelDigest());
                lookups.cache().remember(computed, rows);
                fresh.put(computed, rows);
                landed.add(key);
                lookups.flights().land(key, known);
            }
        }
    }

    @Override
    public void failed(Slice slice, Failure failure, String message) {
        // Of several samples one may be at fault, and its neighbours' students need not suffer for it.
        boolean shared = failure == Failure.MODEL_FAILED || slice.count() == 1;
        for (int row = slice.first(); row < slice.first() + slice.count(); row++) {
            RowKey key = keys[row];
            if (shared && key != null && report(row, true)) {
                lookups.flights().fail(key).forEach(waiter -> waiter.answer().fail(failure, message));
            }
        }
        answer.fail(failure, message);
        handOver(slice.first(), slice.first() + slice.count());
        abandon();
    }

    /** Gives up what did not reach the model yet. */
    void abandon() {
        for (int row = 0; row < indexes.length; row++) {
            if (waiting(row)) {
                handOver(row, row + 1);
            }
        }
        finish();
    }

    private synchronized boolean waiting(int row) {
        return states[row] == State.WAITING;
    }

    private void handOver(int from, int to) {
        Map<PendingAnswer, List<Integer>> heirs = new LinkedHashMap<>();
        Map<PendingAnswer, List<RowKey>> inherited = new LinkedHashMap<>();
        for (int row = from; row < to; row++) {
            RowKey key = keys[row];
            if (report(row, true) && key != null) {
                Waiter heir = lookups.flights().handOver(key, answer);
                if (heir != null) {
                    heirs.computeIfAbsent(heir.answer(), any -> new ArrayList<>())
                            .add(heir.index());
                    inherited
                            .computeIfAbsent(heir.answer(), any -> new ArrayList<>())
                            .add(key);
                }
            }
        }
        heirs.forEach((heir, rows) -> lookups.compute(new MissJob(
                lookups,
                heir,
                rows.stream().mapToInt(Integer::intValue).toArray(),
                inherited.get(heir).toArray(RowKey[]::new))));
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

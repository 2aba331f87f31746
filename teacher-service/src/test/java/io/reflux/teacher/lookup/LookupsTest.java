package io.reflux.teacher.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.reflux.data.view.Augmentation;
import io.reflux.model.runtime.Inputs;
import io.reflux.proto.v1.Encoding;
import io.reflux.teacher.batcher.Admission;
import io.reflux.teacher.batcher.Batcher;
import io.reflux.teacher.batcher.BatcherConfig;
import io.reflux.teacher.batcher.BatcherListener;
import io.reflux.teacher.batcher.Failure;
import io.reflux.teacher.batcher.InputBuffer;
import io.reflux.teacher.batcher.Samples;
import io.reflux.teacher.batcher.SliceComputer;
import io.reflux.teacher.cache.CacheConfig;
import io.reflux.teacher.cache.CacheScope;
import io.reflux.teacher.cache.RowCache;
import io.reflux.teacher.cache.RowKey;
import io.reflux.teacher.cache.Tier;
import io.reflux.teacher.engine.EngineSlot;
import io.reflux.teacher.engine.OneNumberModel;
import io.reflux.teacher.engine.TeacherEngine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One element a sample, one class and one byte a row; the model gives back its inputs. */
final class LookupsTest {

    private static final int ROWS = 8;
    private static final long SECONDS = 20;

    private static final SampleKeys KEYS = (sample, output, digest) -> new RowKey(
            CacheScope.of(
                    digest,
                    0,
                    ByteString.EMPTY,
                    Augmentation.NONE,
                    "output" + output,
                    new int[0],
                    Encoding.getDefaultInstance()),
            sample,
            0);

    private static final SampleEncoder ENCODER = (computed, row, output, samples, sample) ->
            new byte[] {(byte) computed.values(output)[computed.offset(output, row)]};

    /** Without a permit the model waits. */
    private final Semaphore turns = new Semaphore(1);

    private final RowCache cache = new RowCache(new CacheConfig(1 << 20, null, CacheConfig.MIN_DISK_BYTES));
    private final EngineSlot slot = new EngineSlot(new TeacherEngine("echo", new Echo()));
    private final Batcher batcher = new Batcher(
            new BatcherConfig(ROWS, true, Duration.ofHours(1), Duration.ZERO, 1, 1000),
            new SliceComputer(slot::use, slot.engine().shape(), 0, new Deaf()));
    private final Lookups lookups = new Lookups(cache, batcher, slot, ROWS, 0, 1000);

    @AfterEach
    void close() {
        lookups.close();
        batcher.close();
        cache.close();
        slot.close();
    }

    private final class Echo extends OneNumberModel {
        @Override
        public float[] logits(Inputs batch, int rows) {
            turns.acquireUninterruptibly();
            turns.release();
            return ((Inputs.Samples) batch).values();
        }
    }

    private static final class Deaf implements BatcherListener {

        @Override
        public void dequeued(long queueNanos) {}

        @Override
        public void computed(int samples, long computeNanos) {}
    }

    private static final class Open implements Admission {

        @Override
        public int reserve(int count, Samples samples) {
            return count;
        }

        @Override
        public boolean stalled() {
            return false;
        }
    }

    /** Sample i is i; all have keys. */
    private record Numbers(int count) implements Samples {

        @Override
        public long heldBytes() {
            return count;
        }

        @Override
        public long seed(int sample) {
            return sample;
        }

        @Override
        public void render(int first, int rows, InputBuffer target, int offset) {
            for (int i = 0; i < rows; i++) {
                target.numbers()[offset + i] = first + i;
            }
        }
    }

    /** What became of a batch. */
    private record Outcome(List<Byte> rows, long computeNanos, String failure) {}

    private static class Student implements AnswerListener {

        private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();

        @Override
        public void answered(
                int first, List<List<byte[]>> answers, ByteString digest, long queueNanos, long computeNanos) {
            List<Byte> rows =
                    answers.stream().flatMap(List::stream).map(row -> row[0]).toList();
            outcomes.add(new Outcome(rows, computeNanos, ""));
        }

        @Override
        public void failed(int samples, Failure failure, String message) {
            outcomes.add(new Outcome(List.of(), 0, samples + " samples, " + failure + ": " + message));
        }

        Outcome outcome() {
            try {
                Outcome next = outcomes.poll(SECONDS, TimeUnit.SECONDS);
                assertThat(next).as("outcome in time").isNotNull();
                return next;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void ask(int rows, SampleEncoder encoder, AnswerListener student) {
        LookupLane lane = lookups.open(new Open(), encoder, 0);
        assertThat(lane.submit(new Numbers(rows), KEYS, student)).isTrue();
    }

    /** The first student's answer is held up before its flights end, so that the second one surely asks before that. */
    @Test
    void rowsAskedForBetweenTheirAnswerAndTheirStorage_areKnown_andCountedBeforeTheyAreAnswered() {
        Student second = new Student() {
            @Override
            public void answered(int first, List<List<byte[]>> answers, ByteString digest, long queue, long compute) {
                assertThat(cache.counts().hits(Tier.MEMORY)).isEqualTo(ROWS);
                super.answered(first, answers, digest, queue, compute);
            }
        };
        Student first = new Student() {
            @Override
            public void answered(int from, List<List<byte[]>> answers, ByteString digest, long queue, long compute) {
                ask(ROWS, ENCODER, second);
                Outcome known = second.outcome();
                assertThat(known.failure()).isEmpty();
                assertThat(known.computeNanos()).isZero();
                assertThat(lookups.inFlight()).isEqualTo(ROWS);
                super.answered(from, answers, digest, queue, compute);
            }
        };
        ask(ROWS, ENCODER, first);
        Outcome computed = first.outcome();
        assertThat(computed.rows()).containsExactly(numbers(ROWS));
        assertThat(computed.computeNanos()).isPositive();
        assertThat(cache.counts().misses()).isEqualTo(ROWS);
        assertThat(cache.counts().joins()).isZero();
    }

    /** A student of rows that another one leads, and the other way round: whoever cannot write fails alone. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answerThatCannotBeWritten_failsItsOwnBatch_andSparesWhoWaitsForTheSameRows(boolean leaderIsBad)
            throws Exception {
        Student bad = new Student() {
            @Override
            public void answered(int first, List<List<byte[]>> answers, ByteString digest, long queue, long compute) {
                throw new IllegalStateException("no room");
            }
        };
        Student good = new Student();
        turns.drainPermits();
        ask(ROWS, ENCODER, leaderIsBad ? bad : good);
        until(() -> cache.counts().misses() == ROWS);
        ask(ROWS, ENCODER, leaderIsBad ? good : bad);
        until(() -> cache.counts().joins() == ROWS);
        turns.release();

        assertThat(bad.outcome().failure()).isEqualTo(ROWS + " samples, MODEL_FAILED: answer: no room");
        assertThat(good.outcome().rows()).containsExactly(numbers(ROWS));
        until(() -> lookups.inFlight() == 0);
        assertThat(bad.outcomes).isEmpty();
        assertThat(lookups.heldBytes()).isZero();

        // What is known fails it as well, on a thread that reads the cache and goes on.
        ask(ROWS, ENCODER, bad);
        assertThat(bad.outcome().failure()).isEqualTo(ROWS + " samples, MODEL_FAILED: answer: no room");
        ask(ROWS, ENCODER, good);
        assertThat(good.outcome().computeNanos()).isZero();
    }

    /** The first half was encoded before; it is known, and nobody looks for it for ever. */
    @Test
    void encoderThatThrows_failsTheBatch_andKeepsWhatWasEncodedBefore() {
        Student student = new Student();
        ask(
                ROWS,
                (computed, row, output, samples, sample) -> {
                    if (sample == ROWS / 2) {
                        throw new IllegalStateException("odd");
                    }
                    return ENCODER.encode(computed, row, output, samples, sample);
                },
                student);
        assertThat(student.outcome().failure()).isEqualTo(ROWS + " samples, MODEL_FAILED: answer: odd");
        until(() -> lookups.inFlight() == 0);
        assertThat(lookups.heldBytes()).isZero();

        Student next = new Student();
        ask(ROWS, ENCODER, next);
        assertThat(next.outcome().rows()).containsExactly(numbers(ROWS));
        assertThat(cache.counts().hits(Tier.MEMORY)).isEqualTo(ROWS / 2);
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static Byte[] numbers(int count) {
        Byte[] numbers = new Byte[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (byte) i;
        }
        return numbers;
    }
}

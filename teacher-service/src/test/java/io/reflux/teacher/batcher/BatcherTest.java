package io.reflux.teacher.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ElementType;
import io.reflux.model.runtime.Inputs;
import io.reflux.teacher.engine.ModelShape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * One element a sample, one class; the model gives back its inputs and shows the batches it was given. Batches are of a fixed
 * size, which here is not filled up.
 */
final class BatcherTest {

    private static final int MAX_SAMPLES = 8;
    private static final Duration GOAL = Duration.ofHours(1);

    private final BlockingQueue<List<Float>> batches = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
    private final Semaphore turns = new Semaphore(0);
    private final Batcher batcher = batcher(Duration.ZERO, 1000);

    private Batcher batcher(Duration window, long maxQueuedBytes) {
        return new Batcher(
                new BatcherConfig(MAX_SAMPLES, true, GOAL, window, 1, maxQueuedBytes),
                new SliceComputer(
                        () -> new Model(this::logits),
                        new ModelShape(ElementType.FLOAT, 1, 1, 1),
                        0,
                        new BatcherListener() {
                            @Override
                            public void dequeued(long queueNanos) {}

                            @Override
                            public void computed(int samples, long computeNanos) {}
                        }));
    }

    private float[] logits(Inputs batchInputs, int rows) {
        float[] inputs = ((Inputs.Samples) batchInputs).values();
        List<Float> batch = new ArrayList<>();
        for (float input : inputs) {
            batch.add(input);
        }
        batches.add(batch);
        turns.acquireUninterruptibly();
        return inputs;
    }

    @AfterEach
    void close() {
        turns.release(1000);
        batcher.close();
    }

    /** Samples of value {@code value}, of one byte each. */
    private Job job(float value, int count) {
        return new Job(Jobs.constant(value, count), new SliceListener() {
            @Override
            public void computed(Slice slice, Computed computed) {
                float logit = computed.values(0)[computed.offset(0, 0)];
                outcomes.add(value + ": " + slice.first() + "+" + slice.count() + " = " + logit);
            }

            @Override
            public void failed(Slice slice, Failure failure, String message) {
                outcomes.add(value + ": " + failure + " " + message);
            }
        });
    }

    private <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        return queue.poll(20, TimeUnit.SECONDS);
    }

    /** Keeps the only worker busy until a turn is released. */
    private void occupy(Lane lane) throws InterruptedException {
        lane.submit(job(100, 1));
        assertThat(next(batches)).containsExactly(100f);
    }

    @Test
    void waitingJobs_shareBatches_lanesInTurn() throws Exception {
        Lane first = batcher.open(Admissions.OPEN);
        Lane second = batcher.open(Admissions.OPEN);
        occupy(first);
        first.submit(job(1, 20));
        second.submit(job(2, 3));
        second.submit(job(3, 3));
        turns.release(10);
        // Each lane's share of 8 samples is 4; the second lane's first job has only 3.
        assertThat(next(batches)).hasSize(8).filteredOn(value -> value == 1f).hasSize(4);
        assertThat(next(batches)).hasSize(8).contains(1f, 3f);
        assertThat(next(batches)).hasSize(8);
        assertThat(next(batches)).containsOnly(1f).hasSizeLessThan(8);
    }

    @Test
    void largeJob_isCutIntoSlices_andLoneLaneIsNotCutByItsShare() throws Exception {
        Lane lane = batcher.open(Admissions.OPEN);
        lane.submit(job(1, 20));
        turns.release(3);
        assertThat(List.of(next(outcomes), next(outcomes), next(outcomes)))
                .containsExactly("1.0: 0+8 = 1.0", "1.0: 8+8 = 1.0", "1.0: 16+4 = 1.0");
        assertThat(batcher.state().queuedBytes()).isZero();
        assertThat(batcher.state().queuedJobs()).isZero();
    }

    @Test
    void singleSample_isInTheNextBatch_thatIsTakenWhateverOthersHaveQueued() throws Exception {
        Lane greedy = batcher.open(Admissions.OPEN);
        Lane modest = batcher.open(Admissions.OPEN);
        occupy(greedy);
        for (int i = 0; i < 10; i++) {
            greedy.submit(job(1, 80));
        }
        modest.submit(job(2, 1));
        turns.release(2);
        assertThat(next(batches)).hasSize(8).containsOnlyOnce(2f);
        assertThat(next(batches)).containsOnly(1f);
    }

    @Test
    void lane_alone_doesNotWaitForTheWindow() throws Exception {
        try (Batcher patient = batcher(Duration.ofHours(1), 1000)) {
            Lane lane = patient.open(Admissions.OPEN);
            turns.release(1);
            lane.submit(job(1, 3));
            assertThat(next(batches)).hasSize(3);
        }
    }

    @Test
    void badSamples_failAlone_andLeaveZerosInTheirPlace() throws Exception {
        Lane lane = batcher.open(Admissions.OPEN);
        occupy(lane);
        lane.submit(job(-1, 2));
        lane.submit(job(2, 2));
        turns.release(2);
        assertThat(next(batches)).containsExactly(0f, 0f, 2f, 2f);
        assertThat(List.of(next(outcomes), next(outcomes), next(outcomes)))
                .containsExactly("100.0: 0+1 = 100.0", "-1.0: INVALID negative", "2.0: 0+2 = 2.0");
    }

    @Test
    void nonFiniteJob_isNotComputedFurther() throws Exception {
        Lane lane = batcher.open(Admissions.OPEN);
        lane.submit(job(Float.NaN, 20));
        lane.submit(job(2, 2));
        turns.release(2);
        assertThat(next(outcomes)).isEqualTo("NaN: NON_FINITE logits[sample 0][class 0]: NaN (expected: finite)");
        assertThat(next(outcomes)).isEqualTo("2.0: 0+2 = 2.0");
        assertThat(batcher.state().queuedBytes()).isZero();
    }

    @Test
    void queue_isBoundedInBytes_andALaneThatClosesFreesThem() {
        Lane blocked = batcher.open(Admissions.CLOSED);
        assertThat(blocked.submit(job(1, 600))).isTrue();
        assertThat(blocked.submit(job(2, 600))).isFalse();
        assertThat(batcher.state().stalledLanes()).isEqualTo(1);
        assertThat(batcher.state().queuedBytes()).isEqualTo(600);
        blocked.close();
        assertThat(batcher.state().queuedBytes()).isZero();
        assertThat(batcher.state().stalledLanes()).isZero();
        assertThat(blocked.submit(job(3, 1))).isFalse();
    }

    @Test
    void config_outOfRange_isRefused() {
        assertThatThrownBy(() -> new BatcherConfig(0, false, GOAL, Duration.ZERO, 1, 1))
                .hasMessage("maxSamples: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new BatcherConfig(1, false, GOAL, Duration.ofMillis(-1), 1, 1))
                .hasMessage("window: PT-0.001S (expected: >= 0)");
        assertThatThrownBy(() -> new BatcherConfig(1, false, Duration.ZERO, Duration.ZERO, 1, 1))
                .hasMessage("latencyGoal: PT0S (expected: > 0)");
    }
}

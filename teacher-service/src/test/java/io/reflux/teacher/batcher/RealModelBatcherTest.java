package io.reflux.teacher.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.teacher.engine.EngineSlot;
import io.reflux.teacher.engine.TeacherEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Many students, a real network, whatever sizes and waits the batcher chooses on this machine: every sample comes back once, and
 * with its own logits. ONNX Runtime's bits for these networks do not depend on the batch.
 */
final class RealModelBatcherTest {

    private static final int STUDENTS = 6;
    private static final int JOBS = 60;
    private static final int ELEMENTS = 784;
    private static final int CLASSES = 10;
    private static final long SECONDS = 60;

    /** Sample i is these numbers, moved by i. */
    private final float[] numbers = numbers();

    private static float[] numbers() {
        Random random = new Random(5);
        float[] numbers = new float[ELEMENTS + 1000];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat();
        }
        return numbers;
    }

    @Test
    void everySample_ofEveryStudent_comesBackOnce_withItsOwnLogits() throws Exception {
        InferenceModel model = OnnxRuntimeModel.open(Zoo.build(ZooSpec.of(Zoo.LENET_5)), 1);
        float[][] expected = new float[1000][];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = model.logits(Arrays.copyOfRange(numbers, i, i + ELEMENTS), 1);
        }
        AtomicReference<String> failure = new AtomicReference<>();
        CountDownLatch answered = new CountDownLatch(STUDENTS * JOBS);
        try (EngineSlot slot = new EngineSlot(new TeacherEngine("lenet-5", model));
                Batcher batcher = new Batcher(
                        new BatcherConfig(
                                100, false, Duration.ofMillis(50), Duration.ofMillis(2), 2, Long.MAX_VALUE / 2),
                        new SliceComputer(slot::use, slot.engine().shape(), 0, new Deaf()))) {
            List<Thread> students = new ArrayList<>();
            for (int i = 0; i < STUDENTS; i++) {
                Random random = new Random(i);
                Lane lane = batcher.open(Admissions.OPEN);
                students.add(new Thread(() -> {
                    for (int job = 0; job < JOBS; job++) {
                        int count = 1 + random.nextInt(random.nextBoolean() ? 150 : 4);
                        lane.submit(new Job(
                                new Moved(random.nextInt(800), count), new Checker(expected, failure, answered)));
                    }
                }));
            }
            students.forEach(Thread::start);
            assertThat(answered.await(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(failure.get()).isNull();
            assertThat(batcher.state().queuedJobs()).isZero();
            assertThat(batcher.state().queuedBytes()).isZero();
            assertThat(batcher.state().nanosPerSample()).isPositive();
        }
    }

    private static final class Deaf implements BatcherListener {
        @Override
        public void dequeued(long queueNanos) {}

        @Override
        public void computed(int samples, long computeNanos) {}
    }

    /** Samples from a number on. */
    private final class Moved implements Samples {
        private final int start;
        private final int count;

        Moved(int start, int count) {
            this.start = start;
            this.count = count;
        }

        @Override
        public int count() {
            return count;
        }

        @Override
        public long heldBytes() {
            return 4L * count;
        }

        @Override
        public long seed(int sample) {
            return start + sample;
        }

        @Override
        public void render(int first, int number, InputBuffer target, int offset) {
            for (int i = 0; i < number; i++) {
                System.arraycopy(numbers, start + first + i, target.numbers(), offset + i * ELEMENTS, ELEMENTS);
            }
        }
    }

    /** Counts down when each sample of a job has come once, with the logits that were expected. */
    private static final class Checker implements SliceListener {

        private final float[][] expected;
        private final AtomicReference<String> failure;
        private final CountDownLatch answered;
        private final boolean[] seen = new boolean[1000];

        Checker(float[][] expected, AtomicReference<String> failure, CountDownLatch answered) {
            this.expected = expected;
            this.failure = failure;
            this.answered = answered;
        }

        @Override
        public synchronized void computed(Slice slice, Computed computed) {
            Samples samples = slice.job().samples();
            for (int i = 0; i < slice.count(); i++) {
                int sample = slice.first() + i;
                int id = (int) samples.seed(sample);
                float[] logits = computed.values(0);
                int from = computed.offset(0, i);
                if (seen[sample] || !Arrays.equals(Arrays.copyOfRange(logits, from, from + CLASSES), expected[id])) {
                    failure.set("sample " + id + (seen[sample] ? " came twice" : " has other logits"));
                }
                seen[sample] = true;
            }
            for (int i = 0; i < samples.count(); i++) {
                if (!seen[i]) {
                    return;
                }
            }
            answered.countDown();
        }

        @Override
        public void failed(Slice slice, Failure kind, String message) {
            failure.set(kind + " " + message);
        }
    }
}

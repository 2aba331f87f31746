package io.reflux.student.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.SampleShape;
import io.reflux.data.glyph.GlyphDataSet;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.sampling.ViewSampler;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.model.runtime.Inputs;
import io.reflux.student.sample.SampleReader;
import io.reflux.student.source.SampleBatch;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BatchFeederTest {
    private static final ImageDataSet SET = new GlyphDataSet(1, 10);
    private static final long POLL_MILLIS = 100;

    /** Fails at its second batch as told. */
    private record FailingSource(AtomicInteger asked, Throwable failure) implements SoftLabelSource {
        @Override
        public CompletableFuture<SoftLabels> request(ViewBatch batch) {
            if (asked.incrementAndGet() == 2) {
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }
            return new CompletableFuture<>();
        }

        @Override
        public CompletableFuture<SoftLabels> request(SampleBatch batch) {
            return new CompletableFuture<>();
        }

        @Override
        public int numClasses() {
            return SET.numClasses();
        }

        @Override
        public String modelDigest() {
            return "";
        }

        @Override
        public SourceState state() {
            return SourceState.STREAMING;
        }

        @Override
        public void close() {}
    }

    private static BatchFeeder feeder(
            @Nullable SoftLabelSource source, int batchSize, long first, long steps, int ahead) {
        return feeder(source, batchSize, first, steps, ahead, 2);
    }

    private static BatchFeeder feeder(
            @Nullable SoftLabelSource source, int batchSize, long first, long steps, int ahead, int threads) {
        return new BatchFeeder(
                new ViewSampler(SampleIds.all(SET), batchSize, 1, Augmentation.NONE, true),
                SampleReader.of(SET, Augmentation.NONE, PixelScaling.UNIT),
                source,
                first,
                steps,
                ahead,
                threads);
    }

    private static PreparedBatch next(BatchFeeder feeder) throws InterruptedException {
        PreparedBatch batch = null;
        while (batch == null) {
            batch = feeder.poll(POLL_MILLIS);
        }
        return batch;
    }

    @Test
    void poll_afterAnErrorInTheThread_givesWhatWasPreparedThenTheError() throws Exception {
        OutOfMemoryError error = new OutOfMemoryError("made to fail");
        try (BatchFeeder feeder = feeder(new FailingSource(new AtomicInteger(), error), 4, 0, 100, 8)) {
            assertThat(next(feeder).batch().batchId()).isZero();
            assertThatThrownBy(() -> next(feeder)).isSameAs(error);
        }
    }

    @Test
    void poll_afterAnExceptionInTheThread_throwsIt() throws Exception {
        IllegalStateException exception = new IllegalStateException("made to fail");
        try (BatchFeeder feeder = feeder(new FailingSource(new AtomicInteger(), exception), 4, 0, 100, 1)) {
            assertThat(next(feeder).batch().batchId()).isZero();
            assertThatThrownBy(() -> next(feeder)).isSameAs(exception);
        }
    }

    @Test
    void poll_batchLargerThanTheSet_isAllOfItEveryStep() throws Exception {
        List<Integer> rows = new ArrayList<>();
        try (BatchFeeder feeder = feeder(null, 64, 0, 3, 1024)) {
            for (int i = 0; i < 3; i++) {
                rows.add(next(feeder).rows());
            }
            assertThat(feeder.poll(1)).isNull();
        }
        assertThat(rows).containsExactly(10, 10, 10);
    }

    @Test
    void poll_withMoreThreads_givesTheSameBatchesInTheSameOrder() throws Exception {
        List<float[]> one = inputs(1);
        List<float[]> four = inputs(4);

        assertThat(four).hasSize(40);
        for (int i = 0; i < 40; i++) {
            assertThat(four.get(i)).isEqualTo(one.get(i));
        }
    }

    private static List<float[]> inputs(int threads) throws InterruptedException {
        List<float[]> inputs = new ArrayList<>();
        try (BatchFeeder feeder = feeder(null, 3, 0, 40, 8, threads)) {
            for (int i = 0; i < 40; i++) {
                PreparedBatch batch = next(feeder);
                assertThat(batch.batch().batchId()).isEqualTo(i);
                inputs.add(((Inputs.Samples) batch.inputs()).values());
            }
        }
        return inputs;
    }

    @Test
    void poll_whileTheFirstBatchIsHeldUp_waitsForItAndRendersTheOthersMeanwhile() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(3);
        ImageDataSet held = new HeldSet(SET, hold, others);
        try (BatchFeeder feeder = new BatchFeeder(
                new ViewSampler(SampleIds.of(0, 1, 2, 3), 1, 1, Augmentation.NONE, false),
                SampleReader.of(held, Augmentation.NONE, PixelScaling.UNIT),
                null,
                0,
                4,
                4,
                2)) {
            others.await();
            assertThat(feeder.poll(1)).isNull();

            hold.countDown();

            assertThat(next(feeder).batch().batchId()).isZero();
            assertThat(next(feeder).batch().batchId()).isEqualTo(1);
        }
    }

    @Test
    void poll_ofABatchThatCannotBeRendered_throwsWhyAfterThoseBefore() throws Exception {
        ImageDataSet tooSmall = new GlyphDataSet(1, 2);
        try (BatchFeeder feeder = new BatchFeeder(
                new ViewSampler(SampleIds.of(0, 1, 2), 1, 1, Augmentation.NONE, false),
                SampleReader.of(tooSmall, Augmentation.NONE, PixelScaling.UNIT),
                null,
                0,
                3,
                4,
                2)) {
            assertThat(next(feeder).rows()).isOne();
            assertThat(next(feeder).rows()).isOne();
            assertThatThrownBy(() -> next(feeder))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageStartingWith("sampleId: 2 (expected: 0 to 1");
        }
    }

    /** Holds sample 0 until it is let go, and counts the others. */
    private record HeldSet(ImageDataSet set, CountDownLatch hold, CountDownLatch others) implements ImageDataSet {
        @Override
        public String name() {
            return set.name();
        }

        @Override
        public SampleShape shape() {
            return set.shape();
        }

        @Override
        public int numClasses() {
            return set.numClasses();
        }

        @Override
        public long size() {
            return set.size();
        }

        @Override
        public String fingerprint() {
            return set.fingerprint();
        }

        @Override
        public int label(long sampleId) {
            return set.label(sampleId);
        }

        @Override
        public void copyPixels(long sampleId, byte[] target, int offset) {
            if (sampleId == 0) {
                try {
                    hold.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            } else {
                others.countDown();
            }
            set.copyPixels(sampleId, target, offset);
        }
    }

    @Test
    void close_whileTheQueueIsFull_endsTheThread() throws Exception {
        FailingSource never = new FailingSource(new AtomicInteger(2), new IllegalStateException());
        BatchFeeder feeder = feeder(never, 4, 5, 1000, 1);
        assertThat(next(feeder).batch().batchId()).isEqualTo(5);

        feeder.close();

        // One was taken, one waits in the queue and one in the thread's hands.
        assertThat(never.asked().get() - 2).isBetween(1, 3);
    }
}

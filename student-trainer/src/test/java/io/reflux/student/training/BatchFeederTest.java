package io.reflux.student.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.glyph.GlyphDataSet;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.sampling.ViewSampler;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.student.sample.SampleReader;
import io.reflux.student.source.PixelBatch;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
        public CompletableFuture<SoftLabels> request(PixelBatch batch) {
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
        return new BatchFeeder(
                new ViewSampler(SampleIds.all(SET), batchSize, 1, Augmentation.NONE, true),
                SampleReader.of(SET, Augmentation.NONE, PixelScaling.UNIT),
                source,
                first,
                steps,
                ahead);
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
    void close_whileTheQueueIsFull_endsTheThread() throws Exception {
        FailingSource never = new FailingSource(new AtomicInteger(2), new IllegalStateException());
        BatchFeeder feeder = feeder(never, 4, 5, 1000, 1);
        assertThat(next(feeder).batch().batchId()).isEqualTo(5);

        feeder.close();

        // One was taken, one waits in the queue and one in the thread's hands.
        assertThat(never.asked().get() - 2).isBetween(1, 3);
    }
}

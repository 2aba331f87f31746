package io.reflux.student.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.sample.SampleReader;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LocalSourceTest extends SoftLabelSourceContract {
    @Override
    protected SoftLabelSource open() {
        return new LocalSource(
                SourceFixture.open(),
                SampleReader.of(SourceFixture.SET, augmentation(), PixelScaling.UNIT),
                PixelScaling.UNIT);
    }

    @Override
    protected Augmentation augmentation() {
        return Augmentation.shifts(2);
    }

    /** A model that has no memory left. */
    private record FailingModel(Error failure, CountDownLatch closed) implements InferenceModel {
        @Override
        public List<Long> sampleShape() {
            return List.of(1L, 28L, 28L);
        }

        @Override
        public int numClasses() {
            return SourceFixture.SET.numClasses();
        }

        @Override
        public String digest() {
            return "";
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of();
        }

        @Override
        public float[] logits(Inputs inputs, int rows) {
            throw failure;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @Test
    void request_modelWithoutMemory_failsInsteadOfNeverAnswering() throws Exception {
        OutOfMemoryError error = new OutOfMemoryError("made to fail");
        try (SoftLabelSource source = new LocalSource(
                new FailingModel(error, new CountDownLatch(1)),
                SampleReader.of(SourceFixture.SET, augmentation(), PixelScaling.UNIT),
                PixelScaling.UNIT)) {
            CompletableFuture<SoftLabels> answer =
                    source.request(SourceFixture.batches(1, augmentation()).get(0));

            assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TrainingFailure.class)
                    .hasRootCause(error)
                    .hasMessageContaining("teacher: made to fail");
        }
    }

    @Test
    void close_interrupted_freesTheModelAllTheSame() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        SoftLabelSource source = new LocalSource(
                new FailingModel(new OutOfMemoryError(), closed),
                SampleReader.of(SourceFixture.SET, augmentation(), PixelScaling.UNIT),
                PixelScaling.UNIT);

        Thread.currentThread().interrupt();
        source.close();

        assertThat(Thread.interrupted()).as("interrupted still").isTrue();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
}

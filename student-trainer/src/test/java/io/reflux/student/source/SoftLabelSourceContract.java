package io.reflux.student.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.View;
import io.reflux.student.failure.TrainingFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What every source of soft labels must do. */
public abstract class SoftLabelSourceContract {
    private static final long SECONDS = 20;
    /** Rows computed in batches of other sizes may differ in their last bits. */
    private static final Offset<Float> TOLERANCE = Offset.offset(1e-5f);

    /** Opens a source of the fixture's teacher over the fixture's set. */
    protected abstract SoftLabelSource open() throws Exception;

    /** The augmentation of the views that may be asked for. */
    protected abstract Augmentation augmentation();

    protected static SoftLabels await(CompletableFuture<SoftLabels> answer) throws Exception {
        return answer.get(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    protected void request_severalBatches_eachIsAnsweredWithItsOwnLabels() throws Exception {
        try (SoftLabelSource source = open()) {
            List<ViewBatch> batches = SourceFixture.batches(16, augmentation());
            List<CompletableFuture<SoftLabels>> answers = new ArrayList<>();
            for (ViewBatch batch : batches) {
                answers.add(source.request(batch));
            }
            for (int i = 0; i < batches.size(); i++) {
                SoftLabels labels = await(answers.get(i));
                source.release(labels);
                List<View> views = batches.get(i).views();
                assertThat(labels.batchId()).isEqualTo(i);
                assertThat(labels.rows()).isEqualTo(views.size());
                assertThat(labels.classes()).isEqualTo(10);
                assertThat(labels.modelDigest()).isEqualTo(SourceFixture.TEACHER.digest());
                assertThat(labels.logits()).containsExactly(SourceFixture.reference(views, augmentation()), TOLERANCE);
            }
        }
    }

    @Test
    protected void request_samplesByValue_isAnsweredAsTheSamplesAre() throws Exception {
        try (SoftLabelSource source = open()) {
            int elements = SourceFixture.SET.shape().elements();
            byte[] pixels = new byte[3 * elements];
            List<View> views = List.of(new View(9, 0), new View(0, 0), new View(99, 0));
            for (int i = 0; i < 3; i++) {
                SourceFixture.SET.copyPixels(views.get(i).sampleId(), pixels, i * elements);
            }

            SoftLabels labels = await(source.request(new PixelBatch(0, 3, SourceFixture.SET.shape(), pixels)));

            assertThat(labels.logits()).containsExactly(SourceFixture.reference(views, Augmentation.NONE), TOLERANCE);
        }
    }

    @Test
    protected void describe_open_namesTheTeacher() throws Exception {
        try (SoftLabelSource source = open()) {
            assertThat(source.numClasses()).isEqualTo(10);
            assertThat(source.modelDigest()).isEqualTo(SourceFixture.TEACHER.digest());
            assertThat(source.state()).isIn(SourceState.CONNECTING, SourceState.STREAMING);
        }
    }

    @Test
    protected void request_afterClose_fails() throws Exception {
        SoftLabelSource source = open();
        source.close();

        CompletableFuture<SoftLabels> answer =
                source.request(SourceFixture.batches(1, augmentation()).get(0));

        assertThat(source.state()).isEqualTo(SourceState.CLOSED);
        assertThatThrownBy(() -> await(answer))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TrainingFailure.class)
                .hasMessageContaining("soft-label source: closed");
    }
}

package io.reflux.student.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.sample.SampleReader;
import io.reflux.student.source.LocalSource;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceFixture;
import io.reflux.student.source.SourceState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class EnsembleSourceTest {
    private static final double TEMPERATURE = 4;
    private static final ModelGraph OTHER =
            Zoo.build(ZooSpec.of("mlp").withHidden(8).withSeed(4));

    private static SoftLabelSource local(ModelGraph graph) {
        return new LocalSource(
                OnnxRuntimeModel.open(graph, 1),
                SampleReader.of(SourceFixture.SET, Augmentation.NONE, PixelScaling.UNIT),
                PixelScaling.UNIT);
    }

    private static ViewBatch batch() {
        return SourceFixture.batches(1, Augmentation.NONE).get(0);
    }

    private static SoftLabels await(CompletableFuture<SoftLabels> answer) throws Exception {
        return answer.get(20, TimeUnit.SECONDS);
    }

    @Test
    void request_twoTeachers_answersTheMeanAndBothDigests() throws Exception {
        SoftLabels one;
        SoftLabels two;
        try (SoftLabelSource first = local(SourceFixture.TEACHER);
                SoftLabelSource second = local(OTHER)) {
            one = await(first.request(batch()));
            two = await(second.request(batch()));
        }
        try (SoftLabelSource ensemble = new EnsembleSource(
                List.of(
                        new EnsembleSource.Member(local(SourceFixture.TEACHER), 2, TEMPERATURE),
                        new EnsembleSource.Member(local(OTHER), 1, 1)),
                TEMPERATURE)) {
            SoftLabels labels = await(ensemble.request(batch()));
            ensemble.release(labels);

            assertThat(labels.logits())
                    .containsExactly(
                            new SoftTargetMean(new double[] {2, 1}, new double[] {TEMPERATURE, 1}, TEMPERATURE)
                                    .logits(List.of(one, two)),
                            Offset.offset(1e-4f));
            assertThat(labels.modelDigest())
                    .isEqualTo(SourceFixture.TEACHER.digest() + "+" + OTHER.digest())
                    .isEqualTo(ensemble.modelDigest());
            assertThat(ensemble.state()).isEqualTo(SourceState.STREAMING);
        }
    }

    @Test
    void request_oneMemberClosed_failsAtOnce() throws Exception {
        SoftLabelSource closed = local(OTHER);
        try (SoftLabelSource ensemble = new EnsembleSource(
                List.of(
                        new EnsembleSource.Member(local(SourceFixture.TEACHER), 1, 1),
                        new EnsembleSource.Member(closed, 1, 1)),
                1)) {
            closed.close();
            CompletableFuture<SoftLabels> answer = ensemble.request(batch());

            assertThatThrownBy(() -> await(answer)).hasCauseInstanceOf(TrainingFailure.class);
            assertThat(ensemble.state()).isEqualTo(SourceState.CLOSED);
        }
    }

    @Test
    void open_otherNumberOfClasses_isAMismatch() {
        ModelGraph seven = Zoo.build(ZooSpec.of("mlp").withHidden(8).withNumClasses(7));
        try (SoftLabelSource ten = local(SourceFixture.TEACHER);
                SoftLabelSource other = local(seven)) {
            assertThatThrownBy(() -> new EnsembleSource(
                            List.of(new EnsembleSource.Member(ten, 1, 1), new EnsembleSource.Member(other, 1, 1)), 1))
                    .isInstanceOf(TrainingFailure.class)
                    .hasMessage("teachers[1]: 7 classes (expected: 10, as teachers[0])");
        }
    }
}

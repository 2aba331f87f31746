package io.reflux.student.source;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.SampleIds;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.student.sample.SampleReader;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StoredSourceTest extends SoftLabelSourceContract {
    @Override
    protected SoftLabelSource open() {
        return new StoredSource(
                SourceFixture.open(),
                SampleReader.of(SourceFixture.SET, augmentation(), PixelScaling.UNIT),
                PixelScaling.UNIT,
                SampleIds.all(SourceFixture.SET));
    }

    @Override
    protected Augmentation augmentation() {
        return Augmentation.NONE;
    }

    @Test
    void request_augmentedView_isRefused() {
        try (SoftLabelSource source = open()) {
            ViewBatch batch = new ViewBatch(0, 0, 0, 1, List.of(new View(4, 17)));

            assertThatThrownBy(() -> await(source.request(batch)))
                    .hasMessageContaining("expected: a stored sample as it is");
        }
    }
}

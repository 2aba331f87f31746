package io.reflux.student.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.glyph.GlyphDataSet;
import io.reflux.data.view.PixelScaling;
import io.reflux.student.failure.TrainingFailure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ModelNotesTest {
    @Test
    void of_whatWasAdded_isTheSame() {
        ModelNotes notes =
                new ModelNotes("mnist", new PixelScaling(List.of(0.1307f, 0.5f, 0f), List.of(0.3081f, 1f, 2f)));
        Map<String, String> metadata = notes.addTo(Map.of("author", "someone"), new GlyphDataSet(1, 10));

        assertThat(ModelNotes.of(metadata)).isEqualTo(notes);
        assertThat(metadata)
                .containsEntry("author", "someone")
                .containsEntry("reflux.data", "mnist")
                .containsEntry("reflux.pixel.mean", "0.1307,0.5,0.0")
                .containsEntry("reflux.pixel.std", "0.3081,1.0,2.0")
                .containsEntry("reflux.classes", "10");
    }

    @Test
    void of_nothing_isPixelsInZeroToOne() {
        assertThat(ModelNotes.of(Map.of())).isEqualTo(new ModelNotes("", PixelScaling.UNIT));
    }

    @Test
    void of_notNumbers_isOneLine() {
        assertThatThrownBy(() -> ModelNotes.of(Map.of("reflux.pixel.mean", "a", "reflux.pixel.std", "1")))
                .isInstanceOf(TrainingFailure.class)
                .hasMessage("model metadata reflux.pixel.mean, reflux.pixel.std: a, 1 (expected: as many numbers each,"
                        + " std > 0)");
    }
}

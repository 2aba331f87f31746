package io.reflux.teacher.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.view.PixelScaling;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PixelNotesTest {

    @Test
    void scaling_ofNotes_isWhatTheySay() {
        assertThat(PixelNotes.scaling(Map.of())).isEqualTo(PixelScaling.UNIT);
        assertThat(PixelNotes.scaling(Map.of(PixelNotes.MEAN, "0.1, 0.2,0.3", PixelNotes.STD, "1,2,3")))
                .isEqualTo(new PixelScaling(List.of(0.1f, 0.2f, 0.3f), List.of(1f, 2f, 3f)));
    }

    @Test
    void scaling_ofMalformedNotes_isRefused() {
        assertThatThrownBy(() -> PixelNotes.scaling(Map.of(PixelNotes.MEAN, "0.5")))
                .hasMessage(
                        "model metadata: only one of reflux.pixel.mean and reflux.pixel.std (expected: both or none)");
        assertThatThrownBy(() -> PixelNotes.scaling(Map.of(PixelNotes.MEAN, "grey", PixelNotes.STD, "1")))
                .hasMessage("model metadata reflux.pixel.mean: grey (expected: numbers with commas between)");
        assertThatThrownBy(() -> PixelNotes.scaling(Map.of(PixelNotes.MEAN, "0", PixelNotes.STD, "0")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package io.reflux.data.glyph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CanvasTest {

    @Test
    void piece_takesTheInkOfItsArea() {
        Canvas canvas = new Canvas();
        canvas.piece(6, 14.3, 2, 22, 13.1, 2);

        // A capsule: length times twice the radius, and a disc. The edge's ramp is exact but at the round ends.
        double length = Math.hypot(16, 1.2);
        assertThat(ink(canvas)).isCloseTo(length * 4 + Math.PI * 4, within(0.6));
    }

    @Test
    void piece_drawnTwice_isNoDarker() {
        Canvas canvas = new Canvas();
        canvas.piece(6, 14, 2, 22, 14, 1);
        double once = ink(canvas);
        canvas.piece(22, 14, 1, 6, 14, 2);

        assertThat(ink(canvas)).isCloseTo(once, within(1e-9));
    }

    @Test
    void piece_ofNoLength_isADot() {
        Canvas canvas = new Canvas();
        canvas.piece(14, 14, 1.5, 14, 14, 1.5);

        assertThat(ink(canvas)).isCloseTo(Math.PI * 2.25, within(0.4));
    }

    @Test
    void piece_beyondThePaper_isCutOff() {
        Canvas canvas = new Canvas();
        canvas.piece(-50, 14, 1, -10, 14, 1);
        canvas.piece(14, 60, 1, 14, 90, 1);

        assertThat(ink(canvas)).isZero();
    }

    @Test
    void blur_keepsTheInkWithinThePaper() {
        Canvas canvas = new Canvas();
        canvas.piece(8, 8, 1, 20, 19, 2);
        double before = ink(canvas);
        double peak = IntStream.range(0, 784).mapToDouble(canvas::ink).max().orElseThrow();
        canvas.blur(0.2);

        assertThat(ink(canvas)).isCloseTo(before, within(1e-9));
        assertThat(IntStream.range(0, 784).mapToDouble(canvas::ink).max().orElseThrow())
                .isLessThanOrEqualTo(peak);
    }

    @Test
    void blur_spreadsOneDotAsTheProductOfBothDirections() {
        Canvas canvas = new Canvas();
        canvas.piece(10.5, 10.5, 0.5, 10.5, 10.5, 0.5);
        canvas.blur(0.1);

        assertThat(canvas.ink(10 * 28 + 10)).isCloseTo(0.64, within(1e-12));
        assertThat(canvas.ink(10 * 28 + 11)).isCloseTo(0.08, within(1e-12));
        assertThat(canvas.ink(11 * 28 + 9)).isCloseTo(0.01, within(1e-12));
    }

    private static double ink(Canvas canvas) {
        return IntStream.range(0, 784).mapToDouble(canvas::ink).sum();
    }
}

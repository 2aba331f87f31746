package io.reflux.data.glyph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.reflux.data.random.PhiloxStream;
import io.reflux.data.random.Purpose;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SketchTest {

    private static Hand hand(long seed) {
        return new Hand(new PhiloxStream(seed, Purpose.GLYPH_HAND, 0));
    }

    @Test
    void flatten_passesThroughEveryPointOfASteadyHand() {
        Polyline line = new Sketch(hand(1), 0)
                .start(0, 0)
                .curve(0.5, 0.1)
                .curve(0.6, 0.9)
                .corner(0.2, 1)
                .curve(1, 0.4)
                .flatten();

        assertThat(line.size()).isEqualTo(25);
        assertVertex(line, 0, 0, 0);
        assertVertex(line, 6, 0.5, 0.1);
        assertVertex(line, 12, 0.6, 0.9);
        assertVertex(line, 18, 0.2, 1);
        assertVertex(line, 24, 1, 0.4);
    }

    @Test
    void flatten_ofCorners_isStraight() {
        Polyline line =
                new Sketch(hand(1), 0).start(0, 0).corner(0.6, 0.3).corner(0, 1).flatten();

        assertVertex(line, 2, 0.2, 0.1);
        assertVertex(line, 4, 0.4, 0.2);
        assertVertex(line, 9, 0.3, 0.65);
    }

    @Test
    void flatten_ofTwoStrokes_liftsThePenBetweenThem() {
        Polyline line = new Sketch(hand(1), 0)
                .start(0, 0)
                .curve(1, 0)
                .start(0, 1)
                .curve(1, 1)
                .flatten();

        assertThat(IntStream.range(0, line.size()).filter(line::startsAt)).containsExactly(0, 7);
        assertVertex(line, 3, 0.5, 0);
        assertVertex(line, 10, 0.5, 1);
    }

    @Test
    void placement_fitsStrokesIntoTheMiddle() {
        for (long seed = 0; seed < 200; seed++) {
            Polyline line = new Sketch(hand(1), 0).start(-3, 5).corner(4, 7).flatten();
            line.move(Placement.of(line, hand(seed)));

            // 18 pixels, at most 3.47 spreads of 6 % and 4 %; off the centre by at most 3.47 spreads of 0.7.
            assertThat(line.maxX() - line.minX()).isBetween(12.2, 24.8);
            assertThat((line.maxX() + line.minX()) / 2).isCloseTo(14, within(2.43));
            assertThat((line.maxY() + line.minY()) / 2).isCloseTo(14, within(2.43));
        }
    }

    @Test
    void around_hasItsMeanSpreadAndBounds() {
        Hand hand = hand(4);
        double[] drawn =
                IntStream.range(0, 100_000).mapToDouble(i -> hand.around(3, 2)).toArray();
        double mean = IntStream.range(0, drawn.length)
                .mapToDouble(i -> drawn[i])
                .average()
                .orElseThrow();
        double variance =
                Arrays.stream(drawn).map(x -> (x - 3) * (x - 3)).average().orElseThrow();

        // Five standard errors: 2/sqrt(n) = 0.0063 of the mean; the variance's is below 4 sqrt(2/n) = 0.018.
        assertThat(mean).isCloseTo(3, within(0.032));
        assertThat(variance).isCloseTo(4, within(0.09));
        assertThat(Arrays.stream(drawn)).allMatch(x -> Math.abs(x - 3) <= 2 * 3.47);
    }

    @Test
    void pick_followsItsWeights() {
        Hand hand = hand(5);
        int[] counts = new int[3];
        IntStream.range(0, 20_000).forEach(i -> counts[hand.pick(1, 0, 3)]++);

        // Standard deviation sqrt(20000 * 0.25 * 0.75) = 61; five of them.
        assertThat(counts[0]).isBetween(4694, 5306);
        assertThat(counts[1]).isZero();
    }

    @Test
    void form_ofNoDigit_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DigitForms.sketch(10, hand(1), new Sketch(hand(1), 0)))
                .withMessage("digit: 10 (expected: 0 to 9)");
    }

    private static void assertVertex(Polyline line, int vertex, double x, double y) {
        assertThat(line.x(vertex)).isCloseTo(x, within(1e-12));
        assertThat(line.y(vertex)).isCloseTo(y, within(1e-12));
    }
}

package io.reflux.data.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Golden numbers are from the Python program in docs/views.md. */
final class PhiloxStreamTest {

    @Test
    void words_ofNegativeSeedAndLongStream_areThoseOfTheReference() {
        PhiloxStream stream = new PhiloxStream(-2, Purpose.GLYPH_HAND, 0x1_0000_0005L);

        assertThat(IntStream.range(0, 6).map(i -> stream.nextWord()))
                .containsExactly(0x93d6b698, 0xa9ff76f7, 0x93ed0664, 0x58bc5d96, 0x0024d31f, 0xf2083770);
    }

    @Test
    void nextLong_takesTheLowHalfFirst() {
        assertThat(new PhiloxStream(5, Purpose.SPLIT, -1).nextLong()).isEqualTo(0xbcb837627b21b380L);
    }

    @Test
    void nextInt_isThatOfTheReference() {
        PhiloxStream stream = new PhiloxStream(42, Purpose.SHUFFLE, 0);

        assertThat(IntStream.range(0, 12).map(i -> stream.nextInt(10)))
                .containsExactly(5, 9, 0, 8, 5, 0, 8, 8, 5, 9, 6, 6);
    }

    @Test
    void nextInt_ofBoundThatRejectsAQuarter_isThatOfTheReference() {
        PhiloxStream stream = new PhiloxStream(42, Purpose.SHUFFLE, 0);

        assertThat(IntStream.range(0, 8).map(i -> stream.nextInt(0x60000001)))
                .containsExactly(
                        1004840658, 264414293, 895365591, 716829788, 1593251351, 54190848, 385345978, 812957389);
    }

    @Property
    void nextInt_staysBelowItsBound(@ForAll long seed, @ForAll @IntRange(min = 1) int bound) {
        PhiloxStream stream = new PhiloxStream(seed, Purpose.SHUFFLE, 0);

        assertThat(IntStream.range(0, 20).map(i -> stream.nextInt(bound))).allMatch(n -> n >= 0 && n < bound);
    }

    @Test
    void nextInt_ofZero_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PhiloxStream(0, Purpose.SHUFFLE, 0).nextInt(0))
                .withMessage("bound: 0 (expected: >= 1)");
    }

    @Test
    void nextDouble_isUniform() {
        PhiloxStream stream = new PhiloxStream(1, Purpose.GLYPH_HAND, 0);
        double[] drawn = new double[100_000];
        Arrays.setAll(drawn, i -> stream.nextDouble());

        assertThat(Arrays.stream(drawn)).allMatch(x -> x >= 0 && x < 1);
        // Standard deviations: of the mean 0.00091, of the mean square sqrt(4/45 / n) = 0.00094; five of each.
        assertThat(Arrays.stream(drawn).average().orElseThrow()).isCloseTo(0.5, within(0.0046));
        assertThat(Arrays.stream(drawn).map(x -> x * x).average().orElseThrow()).isCloseTo(1 / 3.0, within(0.0047));
    }

    @Test
    void words_ofDifferentPurposes_differ() {
        assertThat(Arrays.stream(Purpose.values()).mapToInt(Purpose::tag)).doesNotHaveDuplicates();
        assertThat(Arrays.stream(Purpose.values()).map(p -> new PhiloxStream(9, p, 9).nextLong()))
                .doesNotHaveDuplicates();
    }
}

package io.reflux.data.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Golden shifts are from the Python program in docs/views.md. */
final class AugmentationTest {

    private static final View[] VIEWS = {
        new View(0, 1),
        new View(1, 1),
        new View(59_999, 1),
        new View(0, 2),
        new View(7, -1),
        new View(1L << 40, 123_456_789),
        new View(3, 0)
    };

    @Test
    void shift_upToTwo_isThatOfTheReference() {
        assertThat(VIEWS)
                .extracting(new Augmentation(2)::shift)
                .containsExactly(
                        new Shift(2, 0),
                        new Shift(-1, -2),
                        new Shift(1, -2),
                        new Shift(-1, -1),
                        new Shift(1, 2),
                        new Shift(-1, 0),
                        Shift.NONE);
    }

    @Test
    void shift_upToTheMost_isThatOfTheReference() {
        assertThat(VIEWS)
                .extracting(new Augmentation(Augmentation.MAX_SHIFT)::shift)
                .containsExactly(
                        new Shift(-123, 25),
                        new Shift(39, 123),
                        new Shift(28, 13),
                        new Shift(72, -91),
                        new Shift(-24, -123),
                        new Shift(-71, 0),
                        Shift.NONE);
    }

    @Test
    void shift_isUniformOverAllOffsets() {
        int[] counts = new int[25];
        LongStream.rangeClosed(1, 50_000)
                .mapToObj(seed -> new Augmentation(2).shift(new View(5, seed)))
                .forEach(shift -> counts[(shift.down() + 2) * 5 + shift.right() + 2]++);

        // Chi-square, 24 degrees of freedom: 59 is exceeded once in 10000 uniform samples; these are fixed.
        double chiSquare = 0;
        for (int count : counts) {
            chiSquare += (count - 2000.0) * (count - 2000.0) / 2000.0;
        }
        assertThat(chiSquare).isLessThan(59);
    }

    @Property
    void shift_staysInItsRange(
            @ForAll long sampleId, @ForAll long seed, @ForAll @IntRange(max = Augmentation.MAX_SHIFT) int maxShift) {
        Shift shift = new Augmentation(maxShift).shift(new View(sampleId, seed));

        assertThat(shift.down()).isBetween(-maxShift, maxShift);
        assertThat(shift.right()).isBetween(-maxShift, maxShift);
    }

    @Property
    void shift_withoutAugmentationOrSeed_isNone(@ForAll long sampleId, @ForAll long seed) {
        assertThat(Augmentation.NONE.shift(new View(sampleId, seed))).isEqualTo(Shift.NONE);
        assertThat(new Augmentation(2).shift(View.plain(sampleId))).isEqualTo(Shift.NONE);
    }

    @Test
    void maxShift_outOfRange_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Augmentation(-1))
                .withMessage("maxShift: -1 (expected: 0 to 127)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Augmentation(128))
                .withMessage("maxShift: 128 (expected: 0 to 127)");
    }
}

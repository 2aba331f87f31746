package io.reflux.data.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
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
                .extracting(Augmentation.shifts(2)::shift)
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
                .extracting(Augmentation.shifts(Augmentation.MAX_SHIFT)::shift)
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
                .mapToObj(seed -> Augmentation.shifts(2).shift(new View(5, seed)))
                .forEach(shift -> counts[(shift.down() + 2) * 5 + shift.right() + 2]++);

        // Chi-square, 24 degrees of freedom: 59 is exceeded once in 10000 uniform samples; these are fixed.
        double chiSquare = 0;
        for (int count : counts) {
            chiSquare += (count - 2000.0) * (count - 2000.0) / 2000.0;
        }
        assertThat(chiSquare).isLessThan(59);
    }

    @Test
    void mirrors_isThatOfTheReference() {
        assertThat(VIEWS)
                .extracting(new Augmentation(0, true)::mirrors)
                .containsExactly(false, true, true, false, false, true, false);
    }

    @Test
    void mirrors_doesNotDependOnTheShift() {
        assertThat(VIEWS)
                .extracting(new Augmentation(4, true)::mirrors)
                .containsExactly(false, true, true, false, false, true, false);
        assertThat(VIEWS)
                .extracting(new Augmentation(2, true)::shift)
                .isEqualTo(
                        Arrays.stream(VIEWS).map(Augmentation.shifts(2)::shift).toList());
    }

    @Test
    void mirrors_halfOfTheViews() {
        long mirrored = LongStream.rangeClosed(1, 50_000)
                .filter(seed -> new Augmentation(0, true).mirrors(new View(5, seed)))
                .count();

        // Counted by the reference program; half of 50000, within one deviation of 112.
        assertThat(mirrored).isEqualTo(24_935);
    }

    @Property
    void mirrors_withoutFlipOrSeed_isFalse(@ForAll long sampleId, @ForAll long seed) {
        assertThat(Augmentation.shifts(2).mirrors(new View(sampleId, seed))).isFalse();
        assertThat(new Augmentation(2, true).mirrors(View.plain(sampleId))).isFalse();
    }

    @Test
    void flipAlone_isAnAugmentation() {
        assertThat(new Augmentation(0, true).isNone()).isFalse();
        assertThat(Augmentation.NONE.isNone()).isTrue();
    }

    @Property
    void shift_staysInItsRange(
            @ForAll long sampleId, @ForAll long seed, @ForAll @IntRange(max = Augmentation.MAX_SHIFT) int maxShift) {
        Shift shift = Augmentation.shifts(maxShift).shift(new View(sampleId, seed));

        assertThat(shift.down()).isBetween(-maxShift, maxShift);
        assertThat(shift.right()).isBetween(-maxShift, maxShift);
    }

    @Property
    void shift_withoutAugmentationOrSeed_isNone(@ForAll long sampleId, @ForAll long seed) {
        assertThat(Augmentation.NONE.shift(new View(sampleId, seed))).isEqualTo(Shift.NONE);
        assertThat(Augmentation.shifts(2).shift(View.plain(sampleId))).isEqualTo(Shift.NONE);
    }

    @Test
    void maxShift_outOfRange_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Augmentation.shifts(-1))
                .withMessage("maxShift: -1 (expected: 0 to 127)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Augmentation.shifts(128))
                .withMessage("maxShift: 128 (expected: 0 to 127)");
    }
}

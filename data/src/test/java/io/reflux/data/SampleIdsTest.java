package io.reflux.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class SampleIdsTest {

    private static final PatternDataSet SET = new PatternDataSet(new SampleShape(1, 2, 2), 3, 10);

    @Test
    void range_holdsItsIdsInOrder() {
        SampleIds ids = SampleIds.range(1L << 40, (1L << 40) + 3);

        assertThat(ids.size()).isEqualTo(3);
        assertThat(ids.get(2)).isEqualTo((1L << 40) + 2);
        assertThat(ids.stream()).containsExactly(1L << 40, (1L << 40) + 1, (1L << 40) + 2);
    }

    @Test
    void range_backwards_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleIds.range(5, 4))
                .withMessage("sample ids: 5 to 4 (expected: 0 <= from <= to)");
    }

    @Test
    void of_repeatedId_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleIds.of(4, 2, 4))
                .withMessage("sample id: 4 twice (expected: once)");
    }

    @Test
    void of_negativeId_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleIds.of(4, -2))
                .withMessage("sample id: -2 (expected: >= 0)");
    }

    @Test
    void of_keepsOrderAndIgnoresLaterChangesOfTheArray() {
        long[] given = {7, 3, 5};
        SampleIds ids = SampleIds.of(given);
        given[0] = 0;

        assertThat(ids.stream()).containsExactly(7L, 3L, 5L);
    }

    @Test
    void get_behindTheEnd_isRejected() {
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> SampleIds.range(0, 3).get(3))
                .withMessage("position: 3 (expected: 0 to 2)");
    }

    @Test
    void firstAndLast_ofRangeAndOfList_agree() {
        assertThat(SampleIds.range(2, 7).first(2)).isEqualTo(SampleIds.of(2, 3));
        assertThat(SampleIds.range(2, 7).last(2)).isEqualTo(SampleIds.of(5, 6));
        assertThat(SampleIds.of(9, 1, 4).first(2)).isEqualTo(SampleIds.of(9, 1));
        assertThat(SampleIds.of(9, 1, 4).last(2)).isEqualTo(SampleIds.of(1, 4));
    }

    @Test
    void first_moreThanThereAre_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleIds.range(0, 3).first(4))
                .withMessage("number of samples: 4 (expected: 0 to 3)");
    }

    @Test
    void excludingClasses_dropsTheirSamplesOnly() {
        assertThat(SampleIds.all(SET).excludingClasses(SET, Set.of(0, 2)).stream())
                .containsExactly(1L, 4L, 7L);
        assertThat(SampleIds.all(SET).excludingClasses(SET, Set.of())).isEqualTo(SampleIds.all(SET));
    }

    @Test
    void excludingClasses_unknownClass_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleIds.all(SET).excludingClasses(SET, Set.of(3)))
                .withMessage("excluded class: 3 (expected: 0 to 2, data set pattern)");
    }

    @Test
    void equality_isOfContentNotOfForm() {
        assertThat(SampleIds.range(0, 3)).isEqualTo(SampleIds.of(0, 1, 2)).hasSameHashCodeAs(SampleIds.of(0, 1, 2));
        assertThat(SampleIds.range(0, 3)).isNotEqualTo(SampleIds.of(0, 2, 1)).isNotEqualTo(SampleIds.range(1, 4));
        assertThat(SampleIds.range(3, 3)).isEqualTo(SampleIds.empty()).hasSameHashCodeAs(SampleIds.empty());
    }
}

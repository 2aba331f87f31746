package io.reflux.student.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

final class KeyDistanceTest {
    @Test
    void edits_textbookPair_isThree() {
        // kitten -> sitten -> sittin -> sitting
        assertThat(KeyDistance.edits("kitten", "sitting")).isEqualTo(3);
    }

    @Test
    void nearest_noKeys_isEmpty() {
        assertThat(KeyDistance.nearest("epochs", List.of())).isEmpty();
    }

    @Test
    void nearest_tie_isTheFirstInOrder() {
        assertThat(KeyDistance.nearest("x", List.of("b", "a"))).contains("a");
    }

    @Property
    void edits_isAMetric(
            @ForAll @AlphaChars @StringLength(max = 8) String a,
            @ForAll @AlphaChars @StringLength(max = 8) String b,
            @ForAll @AlphaChars @StringLength(max = 8) String c) {
        assertThat(KeyDistance.edits(a, b)).isEqualTo(KeyDistance.edits(b, a));
        assertThat(KeyDistance.edits(a, a)).isZero();
        assertThat(KeyDistance.edits(a, c)).isLessThanOrEqualTo(KeyDistance.edits(a, b) + KeyDistance.edits(b, c));
    }
}

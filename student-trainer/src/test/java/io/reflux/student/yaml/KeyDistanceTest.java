package io.reflux.student.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

    @Test
    void edits_otherCase_isNone() {
        assertThat(KeyDistance.edits("maxshift", "maxShift")).isZero();
    }
}

package io.reflux.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.DataException;
import io.reflux.data.Vocabulary;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class TextWindowsTest {

    private static final Vocabulary LETTERS = Vocabulary.of(List.of("a", "b", "c", "d", "e"));
    private static final int[] TEXT = {0, 1, 2, 3, 4, 3, 2};

    @Test
    void windows_ofEveryOffset_areLabelledWithTheNextTokens() {
        TextWindows windows = new TextWindows("t", LETTERS, TEXT, 3, 1);

        assertThat(windows.size()).isEqualTo(4);
        assertThat(tokens(windows, 3)).containsExactly(3, 4, 3);
        assertThat(labels(windows, 3)).containsExactly(4, 3, 2);
    }

    @Property(tries = 200)
    void windows_thatTouch_labelEachTokenAtMostOnce(
            @ForAll @IntRange(min = 2, max = 60) int numTokens, @ForAll @IntRange(min = 1, max = 20) int length) {
        if (numTokens <= length) {
            return;
        }
        int[] text = new int[numTokens];
        for (int i = 0; i < numTokens; i++) {
            text[i] = i;
        }
        TextWindows windows = new TextWindows("t", LETTERS, text, length, length);

        assertThat(windows.size()).isEqualTo((numTokens - 1) / length);
        for (int id = 0; id < windows.size(); id++) {
            for (int i = 0; i < length; i++) {
                assertThat(tokens(windows, id)[i]).isEqualTo(id * length + i);
                assertThat(labels(windows, id)[i]).isEqualTo(id * length + i + 1);
            }
        }
    }

    @Test
    void fingerprint_tellsTextLengthAndStrideApart() {
        int[] other = TEXT.clone();
        other[6] = 1;

        assertThat(List.of(
                        new TextWindows("t", LETTERS, TEXT, 3, 1).fingerprint(),
                        new TextWindows("t", LETTERS, other, 3, 1).fingerprint(),
                        new TextWindows("t", LETTERS, TEXT, 2, 1).fingerprint(),
                        new TextWindows("t", LETTERS, TEXT, 3, 3).fingerprint()))
                .doesNotHaveDuplicates();
        assertThat(new TextWindows("u", LETTERS, TEXT, 3, 1).fingerprint())
                .isEqualTo(new TextWindows("t", LETTERS, TEXT, 3, 1).fingerprint());
    }

    @Test
    void badWindows_areRefused() {
        TextWindows windows = new TextWindows("t", LETTERS, TEXT, 3, 1);

        assertThatThrownBy(() -> new TextWindows("t", LETTERS, TEXT, 7, 1))
                .isInstanceOf(DataException.class)
                .hasMessage("data set t: 7 tokens (expected: more than the 7 of a window)");
        assertThatThrownBy(() -> new TextWindows("t", LETTERS, TEXT, 3, 0))
                .hasMessage("windows: length 3, stride 0 (expected: both >= 1)");
        assertThatThrownBy(() -> tokens(windows, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(windows::images).hasMessage("data set t: 3 tokens (expected: images)");
    }

    private static long[] tokens(TextWindows windows, long id) {
        long[] tokens = new long[windows.length()];
        windows.copyTokens(id, tokens, 0);
        return tokens;
    }

    private static int[] labels(TextWindows windows, long id) {
        int[] labels = new int[windows.length()];
        windows.copyLabels(id, labels, 0);
        return labels;
    }
}

package io.reflux.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class VocabularyTest {

    @Test
    void ofCharacters_sortsThem() {
        Vocabulary vocabulary = Vocabulary.ofCharacters("banana\n!");

        assertThat(vocabulary.tokens()).containsExactly("\n", "!", "a", "b", "n");
        assertThat(vocabulary.id("b")).isEqualTo(3);
        assertThat(vocabulary.id("c")).isEqualTo(-1);
    }

    @Test
    void ofCharacters_beyondTheBasicPlane_isOneTokenEach() {
        assertThat(Vocabulary.ofCharacters("a\uD83D\uDE00").tokens()).containsExactly("a", "\uD83D\uDE00");
    }

    @Test
    void ofWords_keepsTheMostFrequent_amongEqualsInAlphabeticalOrder() {
        Stream<String> words = Stream.of("c", "b", "a", "b", "[UNK]", "d");

        assertThat(Vocabulary.ofWords(words, 5).tokens()).containsExactly("[PAD]", "[UNK]", "b", "a", "c");
    }

    @Property(tries = 200)
    void toText_isReadBack(@ForAll @Size(min = 1, max = 20) Set<String> tokens) {
        Vocabulary vocabulary = Vocabulary.of(List.copyOf(tokens));

        assertThat(Vocabulary.ofText(vocabulary.toText())).isEqualTo(vocabulary);
    }

    @Test
    void badVocabularies_areRefused() {
        assertThatThrownBy(() -> Vocabulary.of(List.of())).hasMessage("vocabulary: 0 tokens (expected: >= 1)");
        assertThatThrownBy(() -> Vocabulary.of(List.of("a", "a")))
                .hasMessage("vocabulary: token \"a\" twice (expected: once)");
        assertThatThrownBy(() -> Vocabulary.ofText("a\\t\n"))
                .hasMessage("vocabulary: \"a\\t\" (expected: after a backslash \\, n or r)");
        assertThatThrownBy(() -> Vocabulary.ofWords(Stream.of("a"), 2))
                .hasMessage("vocabularySize: 2 (expected: >= 3)");
    }
}

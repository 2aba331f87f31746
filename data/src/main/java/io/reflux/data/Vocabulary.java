package io.reflux.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tokens of a text by id: token i of the list has id i. Immutable. */
public final class Vocabulary {

    /** What fills up short sequences in a vocabulary of words: id 0. */
    public static final String PADDING = "[PAD]";

    /** What stands for words that are not in a vocabulary of words: id 1. */
    public static final String UNKNOWN = "[UNK]";

    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();

    private Vocabulary(List<String> tokens) {
        this.tokens = List.copyOf(tokens);
        for (String token : tokens) {
            if (ids.putIfAbsent(token, ids.size()) != null) {
                throw new IllegalArgumentException("vocabulary: token \"%s\" twice (expected: once)".formatted(token));
            }
        }
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException("vocabulary: 0 tokens (expected: >= 1)");
        }
    }

    /**
     * These tokens, in the order of their ids.
     *
     * @throws IllegalArgumentException if there are none or one occurs twice
     */
    public static Vocabulary of(List<String> tokens) {
        return new Vocabulary(tokens);
    }

    /** The characters (Unicode code points) of a text, sorted. */
    public static Vocabulary ofCharacters(String text) {
        TreeSet<Integer> characters = new TreeSet<>();
        text.codePoints().forEach(characters::add);
        return new Vocabulary(characters.stream().map(Character::toString).toList());
    }

    /**
     * Padding, the unknown word, then the most frequent words, among equals in alphabetical order.
     *
     * @param maxSize most tokens, the two special ones included; at least 3
     */
    public static Vocabulary ofWords(Stream<String> words, int maxSize) {
        if (maxSize < 3) {
            throw new IllegalArgumentException("vocabularySize: %d (expected: >= 3)".formatted(maxSize));
        }
        Map<String, Integer> counts = new HashMap<>();
        words.forEach(word -> counts.merge(word, 1, Integer::sum));
        List<String> tokens = new ArrayList<>(List.of(PADDING, UNKNOWN));
        tokens.forEach(counts::remove);
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(maxSize - tokens.size())
                .forEach(entry -> tokens.add(entry.getKey()));
        return new Vocabulary(tokens);
    }

    /** Number of tokens. */
    public int size() {
        return tokens.size();
    }

    /** The tokens in the order of their ids. */
    public List<String> tokens() {
        return tokens;
    }

    /** The id of a token, or -1 when the vocabulary does not have it. */
    public int id(String token) {
        return ids.getOrDefault(token, -1);
    }

    /**
     * One line for each token in the order of ids, a backslash as {@code \\} and line breaks as {@code \n} and
     * {@code \r}: what a model's notes hold.
     */
    public String toText() {
        StringBuilder text = new StringBuilder();
        for (String token : tokens) {
            text.append(token.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r"))
                    .append('\n');
        }
        return text.toString();
    }

    /**
     * Reads what {@link #toText} wrote.
     *
     * @throws IllegalArgumentException if there are no tokens, one occurs twice or an escape is unknown
     */
    public static Vocabulary ofText(String text) {
        String[] lines = text.split("\n", -1);
        // The last line break ends the last token.
        return new Vocabulary(IntStream.range(0, lines.length - 1)
                .mapToObj(i -> unescape(lines[i]))
                .toList());
    }

    private static String unescape(String line) {
        StringBuilder token = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != '\\') {
                token.append(c);
                continue;
            }
            i++;
            switch (i < line.length() ? line.charAt(i) : ' ') {
                case '\\' -> token.append('\\');
                case 'n' -> token.append('\n');
                case 'r' -> token.append('\r');
                default ->
                    throw new IllegalArgumentException(
                            "vocabulary: \"%s\" (expected: after a backslash \\, n or r)".formatted(line));
            }
        }
        return token.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary that && tokens.equals(that.tokens);
    }

    @Override
    public int hashCode() {
        return tokens.hashCode();
    }

    @Override
    public String toString() {
        return "%d tokens".formatted(tokens.size());
    }
}

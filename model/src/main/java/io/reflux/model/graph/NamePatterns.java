package io.reflux.model.graph;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Names chosen by patterns in which {@code *} stands for any characters, such as {@code conv1.*}.
 *
 * @param setting name of the setting that holds the patterns, for messages
 * @param kind what has the names, for messages, such as {@code a parameter}
 * @param patterns the patterns
 */
public record NamePatterns(String setting, String kind, List<String> patterns) {

    private static final int NEAREST = 3;

    public NamePatterns {
        patterns = List.copyOf(patterns);
    }

    /**
     * The names that match any of the patterns.
     *
     * @throws ModelException if a pattern matches none; its message names the nearest ones
     */
    public Set<String> select(Collection<String> names) {
        Set<String> selected = new TreeSet<>();
        for (String pattern : patterns) {
            Set<String> matching = matching(pattern, names);
            if (matching.isEmpty()) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        setting + ": " + pattern
                                + " (expected: the name of " + kind
                                + ", * for any characters; nearest: " + nearest(pattern, names) + ")");
            }
            selected.addAll(matching);
        }
        return selected;
    }

    /** The names that match one pattern; none where none does. */
    public static Set<String> matching(String pattern, Collection<String> names) {
        return names.stream().filter(regex(pattern).asMatchPredicate()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Pattern regex(String pattern) {
        return Pattern.compile(
                Arrays.stream(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    /** The names with the fewest edits, at most three, the nearest first: for messages. */
    public static String nearest(String pattern, Collection<String> names) {
        String plain = pattern.replace("*", "");
        return names.stream()
                .sorted(Comparator.<String>comparingInt(
                                name -> LevenshteinDistance.getDefaultInstance().apply(plain, name))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(NEAREST)
                .collect(Collectors.joining(", "));
    }
}

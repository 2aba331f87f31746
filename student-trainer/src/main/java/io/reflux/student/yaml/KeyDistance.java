package io.reflux.student.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** How far a mistyped key is from the keys there are: Levenshtein's distance, ignoring case. */
public final class KeyDistance {
    private KeyDistance() {}

    /** Returns the key with the fewest edits, the first in alphabetical order among equals; empty when there are none. */
    public static Optional<String> nearest(String key, Collection<String> known) {
        return known.stream()
                .min(Comparator.<String>comparingInt(candidate -> edits(key, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Returns how many single characters must be inserted, removed or replaced to turn one into the other. */
    static int edits(String from, String to) {
        return LevenshteinDistance.getDefaultInstance()
                .apply(from.toLowerCase(Locale.ROOT), to.toLowerCase(Locale.ROOT));
    }
}

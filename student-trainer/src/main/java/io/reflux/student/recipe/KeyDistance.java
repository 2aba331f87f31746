package io.reflux.student.recipe;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** How far a mistyped key is from the keys there are: Levenshtein's distance, ignoring case. */
final class KeyDistance {
    private KeyDistance() {}

    /** Returns the key with the fewest edits, the first in alphabetical order among equals; empty when there are none. */
    static Optional<String> nearest(String key, Collection<String> known) {
        return known.stream()
                .min(Comparator.<String>comparingInt(candidate -> edits(key, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Returns how many single characters must be inserted, removed or replaced to turn one into the other. */
    static int edits(String from, String to) {
        String a = from.toLowerCase(Locale.ROOT);
        String b = to.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}

package org.precertocsp.responder.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// Finds the word that was probably meant by a mistyped one.
final class SpellingSuggestion {
    private SpellingSuggestion() {}

    /// The nearest of the words, if one is near: case, dashes and underscores do not count, and one
    /// letter in three may be wrong.
    static Optional<String> nearest(String typed, Collection<String> words) {
        String plain = plain(typed);
        int best = Math.max(1, plain.length() / 3) + 1;
        Optional<String> nearest = Optional.empty();
        for (String word : words) {
            int distance = distance(plain, plain(word));
            if (distance < best) {
                best = distance;
                nearest = Optional.of(word);
            }
        }
        return nearest;
    }

    /// A sentence that ends an error message: the nearest word, or all of them.
    static String sentence(String typed, Collection<String> words) {
        return nearest(typed, words)
                .map(word -> "did you mean " + word + "?")
                .orElseGet(() -> "known here: " + String.join(", ", words));
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }

    /// The Levenshtein distance: the number of letters to insert, delete or replace.
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int column = 0; column < row.length; column++) {
            row[column] = column;
        }
        for (int line = 1; line <= from.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column < row.length; column++) {
                int changed = from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1;
                int replaced = diagonal + changed;
                diagonal = row[column];
                row[column] = Math.min(replaced, 1 + Math.min(row[column], row[column - 1]));
            }
        }
        return row[to.length()];
    }
}

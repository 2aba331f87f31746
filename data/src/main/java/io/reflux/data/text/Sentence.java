package io.reflux.data.text;

import java.util.List;

/**
 * A sentence and its label.
 *
 * @param words its words, at least one
 * @param label its class
 */
record Sentence(List<String> words, int label) {

    Sentence {
        words = List.copyOf(words);
    }
}

package io.reflux.data.catalog;

/**
 * How text becomes samples; a 0 stands for the set's usual value.
 *
 * @param length tokens of a sample: of a window, or kept of a sentence
 * @param vocabularySize most tokens of a vocabulary of words, padding and the unknown word included
 */
public record TextForm(int length, int vocabularySize) {

    /** The usual values. */
    public static final TextForm USUAL = new TextForm(0, 0);

    /** @throws IllegalArgumentException if a value is negative */
    public TextForm {
        if (length < 0) {
            throw new IllegalArgumentException("length: %d (expected: >= 0)".formatted(length));
        }
        if (vocabularySize != 0 && vocabularySize < 3) {
            throw new IllegalArgumentException("vocabularySize: %d (expected: >= 3, or 0)".formatted(vocabularySize));
        }
    }

    int lengthOr(int usual) {
        return length == 0 ? usual : length;
    }

    int vocabularySizeOr(int usual) {
        return vocabularySize == 0 ? usual : vocabularySize;
    }
}

package io.reflux.data;

/** A labelled set of token sequences of one length T; shorter ones are filled up with {@link Vocabulary#PADDING}. */
public non-sealed interface TextDataSet extends DataSet {

    /** What the tokens stand for. */
    Vocabulary vocabulary();

    /** Tokens of a sample, T, padding included. */
    int length();

    /**
     * Copies a sample's T token ids, each in [0, vocabulary size), into {@code target} from {@code offset} on.
     *
     * @throws IndexOutOfBoundsException if there is no such sample or no room in {@code target}
     */
    void copyTokens(long sampleId, long[] target, int offset);

    @Override
    default String sampleDescription() {
        return length() + " tokens";
    }
}

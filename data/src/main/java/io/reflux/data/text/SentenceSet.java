package io.reflux.data.text;

import io.reflux.data.Fingerprint;
import io.reflux.data.TextDataSet;
import io.reflux.data.Vocabulary;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * Sentences with one label each, as words of a vocabulary: cut after T words, and filled up to T with padding. Held in
 * memory. Thread-safe.
 */
public final class SentenceSet implements TextDataSet {

    private static final int PADDING_ID = 0;
    private static final int UNKNOWN_ID = 1;

    private final String name;
    private final Vocabulary vocabulary;
    private final int numClasses;
    private final int length;
    /** size x T. */
    private final int[] tokens;

    private final byte[] labels;
    private final String fingerprint;

    /**
     * Sentences as ids of a vocabulary that begins with {@link Vocabulary#PADDING} and {@link Vocabulary#UNKNOWN}.
     *
     * @param numClasses labels are below it; 2 to 127
     * @param length T, at least 1
     */
    SentenceSet(String name, Vocabulary vocabulary, int numClasses, int length, List<Sentence> sentences) {
        if (length < 1) {
            throw new IllegalArgumentException("maxLength: %d (expected: >= 1)".formatted(length));
        }
        this.name = name;
        this.vocabulary = vocabulary;
        this.numClasses = numClasses;
        this.length = length;
        this.tokens = new int[Math.multiplyExact(sentences.size(), length)];
        this.labels = new byte[sentences.size()];
        for (int i = 0; i < labels.length; i++) {
            List<String> words = sentences.get(i).words();
            for (int w = 0; w < length; w++) {
                tokens[i * length + w] = w < words.size() ? id(words.get(w)) : PADDING_ID;
            }
            labels[i] = (byte) sentences.get(i).label();
        }
        this.fingerprint = fingerprint(vocabulary);
    }

    private int id(String word) {
        int id = vocabulary.id(word);
        // A sentence that holds the text of the padding must not hide its own words.
        return id <= PADDING_ID ? UNKNOWN_ID : id;
    }

    private String fingerprint(Vocabulary words) {
        ByteBuffer bytes = ByteBuffer.allocate(tokens.length * Integer.BYTES);
        for (int token : tokens) {
            bytes.putInt(token);
        }
        return new Fingerprint("reflux-sentences-1")
                .addText(words.toText())
                .addNumber(numClasses)
                .addNumber(length)
                .addNumber(labels.length)
                .addBytes(bytes.array())
                .addBytes(labels)
                .hex();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int numClasses() {
        return numClasses;
    }

    @Override
    public long size() {
        return labels.length;
    }

    @Override
    public int positions() {
        return 1;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public void copyTokens(long sampleId, long[] target, int offset) {
        Objects.checkFromIndexSize(offset, length, target.length);
        int start = (int) checkSampleId(sampleId) * length;
        for (int i = 0; i < length; i++) {
            target[offset + i] = tokens[start + i];
        }
    }

    @Override
    public void copyLabels(long sampleId, int[] target, int offset) {
        target[offset] = labels[(int) checkSampleId(sampleId)];
    }
}

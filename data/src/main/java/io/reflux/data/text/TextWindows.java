package io.reflux.data.text;

import io.reflux.data.DataException;
import io.reflux.data.Fingerprint;
import io.reflux.data.TextDataSet;
import io.reflux.data.Vocabulary;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * Windows of T consecutive tokens of one long text, for language models: sample i begins at token i · stride, and the
 * label of each of its tokens is the token that follows. Held in memory. Thread-safe.
 */
public final class TextWindows implements TextDataSet {

    private final String name;
    private final Vocabulary vocabulary;
    private final int[] tokens;
    private final int length;
    private final int stride;
    private final long size;
    private final String fingerprint;

    /**
     * Windows over these tokens, which are copied.
     *
     * @param length T, at least 1
     * @param stride tokens from one window's start to the next one's: 1 gives every window, T each token once; at least 1
     * @throws DataException if the text is shorter than one window and its last label
     */
    public TextWindows(String name, Vocabulary vocabulary, int[] tokens, int length, int stride) {
        if (length < 1 || stride < 1) {
            throw new IllegalArgumentException(
                    "windows: length %d, stride %d (expected: both >= 1)".formatted(length, stride));
        }
        if (tokens.length <= length) {
            throw new DataException(
                    DataException.Code.UNFIT,
                    "data set %s: %d tokens (expected: more than the %d of a window)"
                            .formatted(name, tokens.length, length));
        }
        this.name = name;
        this.vocabulary = vocabulary;
        this.tokens = tokens.clone();
        this.length = length;
        this.stride = stride;
        this.size = (tokens.length - length - 1) / stride + 1L;
        this.fingerprint = fingerprintOf(vocabulary, tokens, length, stride);
    }

    private static String fingerprintOf(Vocabulary vocabulary, int[] tokens, int length, int stride) {
        ByteBuffer bytes = ByteBuffer.allocate(tokens.length * Integer.BYTES);
        Arrays.stream(tokens).forEach(bytes::putInt);
        return new Fingerprint("reflux-windows-1")
                .addText(vocabulary.toText())
                .addNumber(length)
                .addNumber(stride)
                .addNumber(tokens.length)
                .addBytes(bytes.array())
                .hex();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int numClasses() {
        return vocabulary.size();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int positions() {
        return length;
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
        int start = start(sampleId);
        for (int i = 0; i < length; i++) {
            target[offset + i] = tokens[start + i];
        }
    }

    @Override
    public void copyLabels(long sampleId, int[] target, int offset) {
        Objects.checkFromIndexSize(offset, length, target.length);
        System.arraycopy(tokens, start(sampleId) + 1, target, offset, length);
    }

    private int start(long sampleId) {
        return (int) checkSampleId(sampleId) * stride;
    }
}

package io.reflux.teacher.server;

import io.reflux.data.Vocabulary;
import io.reflux.data.text.TextWindows;
import io.reflux.model.graph.ElementType;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A causal model of six characters whose logits are a formula of a token and those before it. */
final class TinyLanguageModel implements InferenceModel {

    static final int LENGTH = 4;
    static final String TEXT = "abcdefabfedcbaacefbd".repeat(5);
    static final int CLASSES = 6;

    private final int length;

    TinyLanguageModel(int length) {
        this.length = length;
    }

    /** Windows of {@link #TEXT}, one beginning at each character. */
    static TextWindows windows() {
        return windows(TEXT);
    }

    static TextWindows windows(String text) {
        Vocabulary vocabulary = Vocabulary.ofCharacters(TEXT);
        int[] tokens = text.chars()
                .map(character -> vocabulary.id(Character.toString(character)))
                .toArray();
        return new TextWindows("letters", vocabulary, tokens, LENGTH, 1);
    }

    static float logit(long[] ids, int position, int c) {
        long hash = 7;
        for (int i = 0; i <= position; i++) {
            hash = hash * 31 + ids[i] + 1;
        }
        return (hash * 13 + c * 29) % 17 / 4f;
    }

    @Override
    public List<Long> sampleShape() {
        return List.of((long) length);
    }

    @Override
    public ElementType inputType() {
        return ElementType.INT64;
    }

    @Override
    public long numTokens() {
        return CLASSES;
    }

    @Override
    public int numClasses() {
        return CLASSES;
    }

    @Override
    public int positions() {
        return length;
    }

    @Override
    public String digest() {
        return "cd".repeat(32);
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public float[] logits(Inputs batch, int rows) {
        long[] all = ((Inputs.Tokens) batch).ids();
        float[] logits = new float[rows * length * CLASSES];
        for (int row = 0; row < rows; row++) {
            long[] ids = Arrays.copyOfRange(all, row * length, (row + 1) * length);
            for (int position = 0; position < length; position++) {
                for (int c = 0; c < CLASSES; c++) {
                    logits[(row * length + position) * CLASSES + c] = logit(ids, position, c);
                }
            }
        }
        return logits;
    }

    @Override
    public void close() {}
}

package io.reflux.teacher.batcher;

import io.reflux.model.graph.ElementType;
import io.reflux.model.runtime.Inputs;
import java.util.Arrays;

/** The inputs of one batch while its samples are rendered: numbers or tokens, B x E, row-major. For one thread. */
public final class InputBuffer {

    private final float[] numbers;
    private final long[] tokens;
    private final boolean ofTokens;

    /**
     * Zeros of a model's input type.
     *
     * @param type FLOAT, or INT64 for tokens
     * @param elements B x E
     */
    public InputBuffer(ElementType type, int elements) {
        this.ofTokens = type == ElementType.INT64;
        this.numbers = new float[ofTokens ? 0 : elements];
        this.tokens = new long[ofTokens ? elements : 0];
    }

    /** The array behind a buffer of numbers; empty for one of tokens. */
    public float[] numbers() {
        return numbers;
    }

    /** The array behind a buffer of tokens; empty for one of numbers. */
    public long[] tokens() {
        return tokens;
    }

    /** Puts zeros in the place of elements {@code from} to {@code to - 1}. */
    void clear(int from, int to) {
        if (ofTokens) {
            Arrays.fill(tokens, from, to, 0);
        } else {
            Arrays.fill(numbers, from, to, 0);
        }
    }

    /** What was rendered, as a model takes it; not copied. */
    public Inputs inputs() {
        return ofTokens ? Inputs.of(tokens) : Inputs.of(numbers);
    }
}

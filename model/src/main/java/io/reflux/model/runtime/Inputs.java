package io.reflux.model.runtime;

import io.reflux.model.graph.ElementType;

/**
 * What a batch feeds a model: numbers or tokens, row-major, one sample after the other. The arrays are not copied and
 * not to be changed while a call uses them.
 */
public sealed interface Inputs {

    /** The element type a model must take. */
    ElementType type();

    /** Elements of all samples together. */
    int length();

    /** Numbers, such as pixels. */
    static Inputs of(float[] values) {
        return new Samples(values);
    }

    /** Tokens by their place in a vocabulary. */
    static Inputs of(long[] ids) {
        return new Tokens(ids);
    }

    /**
     * 32-bit floating-point samples.
     *
     * @param values B×E, B samples of E elements
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Samples(float[] values) implements Inputs {
        @Override
        public ElementType type() {
            return ElementType.FLOAT;
        }

        @Override
        public int length() {
            return values.length;
        }
    }

    /**
     * Token ids.
     *
     * @param ids B×T, B sequences of T tokens; a model fails on ids outside its vocabulary
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Tokens(long[] ids) implements Inputs {
        @Override
        public ElementType type() {
            return ElementType.INT64;
        }

        @Override
        public int length() {
            return ids.length;
        }
    }
}

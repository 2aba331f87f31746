package io.reflux.teacher.engine;

import io.reflux.model.graph.ElementType;

/**
 * What a model takes and gives, a sample.
 *
 * @param inputType FLOAT, or INT64 for tokens
 * @param sampleElements E, numbers or tokens of a sample
 * @param positions P, rows of logits that a sample has
 * @param classes C, logits of a row
 */
public record ModelShape(ElementType inputType, int sampleElements, int positions, int classes) {

    /** Logits of one sample, P x C. */
    public int sampleLogits() {
        return Math.multiplyExact(positions, classes);
    }
}

package io.reflux.teacher.engine;

import io.reflux.model.graph.ElementType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model takes and gives, a sample.
 *
 * @param inputType FLOAT, or INT64 for tokens
 * @param sampleElements E, numbers or tokens of a sample
 * @param outputs what it can be asked for, the logits first
 */
public record ModelShape(ElementType inputType, int sampleElements, List<OutputShape> outputs) {

    /** Place of the logits among the outputs. */
    public static final int LOGITS = 0;

    /** What students call the first output, whatever it is called in the graph. */
    public static final String LOGITS_NAME = "logits";

    public ModelShape {
        outputs = List.copyOf(outputs);
    }

    /**
     * A model that gives nothing but logits.
     *
     * @param positions P, rows of logits that a sample has
     * @param classes C, logits of a row
     */
    public ModelShape(ElementType inputType, int sampleElements, int positions, int classes) {
        this(inputType, sampleElements, List.of(OutputShape.logits(LOGITS_NAME, positions, classes)));
    }

    /** P, rows of logits that a sample has. */
    public int positions() {
        return outputs.get(LOGITS).rows();
    }

    /** C, logits of a row. */
    public int classes() {
        return outputs.get(LOGITS).width();
    }

    /** Logits of one sample, P x C. */
    public int sampleLogits() {
        return outputs.get(LOGITS).elements();
    }

    /** Indexes of all outputs. */
    public int[] all() {
        return IntStream.range(0, outputs.size()).toArray();
    }
}

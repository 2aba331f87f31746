package io.reflux.model.runtime;

import io.reflux.model.graph.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A loaded classifier that turns samples into logits. Owns native memory: whoever opened it closes it. One call at a
 * time, from any thread.
 */
public interface InferenceModel extends AutoCloseable {

    /** Shape of one sample, without the batch: {@code [1, 28, 28]}. */
    List<Long> sampleShape();

    /** What samples are made of: FLOAT, or INT64 for tokens. */
    default ElementType inputType() {
        return ElementType.FLOAT;
    }

    /** Tokens that a model of tokens knows: ids are below it. 0 where that is not known, as from a TorchScript file. */
    default long numTokens() {
        return 0;
    }

    int numClasses();

    /** Positions of a sample that have logits of their own: 1 for B×C, T for B×T×C. */
    default int positions() {
        return 1;
    }

    /**
     * What {@link #values} can be asked for: the logits first, then what else the model gives for each sample. An engine's
     * {@code open} can be told to add inner values of the graph.
     */
    default List<ModelOutput> outputs() {
        long classes = numClasses();
        return List.of(
                new ModelOutput("logits", positions() == 1 ? List.of(classes) : List.of((long) positions(), classes)));
    }

    /** SHA-256 of the model file: 64 hexadecimal digits. */
    String digest();

    /** The notes in the model file; empty where the format has none. */
    Map<String, String> metadata();

    /**
     * Computes logits in evaluation mode.
     *
     * @param inputs rows x sample, row-major, of {@link #inputType}; exactly {@code rows * product(sampleShape())} of them
     * @param rows number of samples, at least 0; 0 gives an empty answer
     * @return rows x positions x classes, row-major; non-finite values are passed on, not hidden
     * @throws io.reflux.model.graph.ModelException if type or count of the inputs do not fit, the model is closed, or the
     *     engine fails
     */
    float[] logits(Inputs inputs, int rows);

    /**
     * Computes several outputs in one pass, in evaluation mode.
     *
     * @param inputs as of {@link #logits(Inputs, int)}
     * @param rows number of samples, at least 0
     * @param wanted indexes into {@link #outputs}
     * @return for each wanted output rows x shape, row-major; non-finite values are passed on
     * @throws io.reflux.model.graph.ModelException as {@link #logits(Inputs, int)}
     * @throws IndexOutOfBoundsException if there is no such output
     */
    default List<float[]> values(Inputs inputs, int rows, int... wanted) {
        List<float[]> values = new ArrayList<>();
        for (int output : wanted) {
            Objects.checkIndex(output, 1);
            values.add(logits(inputs, rows));
        }
        return values;
    }

    /** As {@link #logits(Inputs, int)}, for a model of numbers. */
    default float[] logits(float[] samples, int rows) {
        return logits(Inputs.of(samples), rows);
    }

    /** Frees the native memory; a second call does nothing. */
    @Override
    void close();
}

package io.reflux.model.runtime;

import java.util.List;
import java.util.Map;

/**
 * A loaded classifier that turns samples into logits. Owns native memory: whoever opened it closes it. One call at a
 * time, from any thread.
 */
public interface InferenceModel extends AutoCloseable {

    /** Shape of one sample, without the batch: {@code [1, 28, 28]}. */
    List<Long> sampleShape();

    int numClasses();

    /** SHA-256 of the model file: 64 hexadecimal digits. */
    String digest();

    /** The notes in the model file; empty where the format has none. */
    Map<String, String> metadata();

    /**
     * Computes logits in evaluation mode.
     *
     * @param inputs rows x sample, row-major; exactly {@code rows * product(sampleShape())} values
     * @param rows number of samples, at least 0; 0 gives an empty answer
     * @return rows x classes, row-major; non-finite values are passed on, not hidden
     * @throws io.reflux.model.graph.ModelException if the count of inputs does not fit, the model is closed, or the
     *     engine fails
     */
    float[] logits(float[] inputs, int rows);

    /** Frees the native memory; a second call does nothing. */
    @Override
    void close();
}

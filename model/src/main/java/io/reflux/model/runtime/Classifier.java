package io.reflux.model.runtime;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelException;
import java.util.List;
import java.util.Map;

/** What all engines do alike: describe the model, check a batch, and refuse to run once closed. */
abstract class Classifier implements InferenceModel {

    private final String source;
    private final String digest;
    private final SampleInput input;
    private final Map<String, String> metadata;
    private boolean closed;

    /** @param source what messages call the model */
    Classifier(String source, String digest, SampleInput input, Map<String, String> metadata) {
        this.source = source;
        this.digest = digest;
        this.input = input;
        this.metadata = metadata;
    }

    /** Runs a batch that has been checked; {@code rows} &gt; 0. */
    abstract float[] run(Inputs inputs, int rows);

    /** Frees the native memory; called once. */
    abstract void release();

    final String source() {
        return source;
    }

    final SampleInput input() {
        return input;
    }

    @Override
    public final List<Long> sampleShape() {
        return input.sampleShape();
    }

    @Override
    public final ElementType inputType() {
        return input.type();
    }

    @Override
    public final String digest() {
        return digest;
    }

    @Override
    public final Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public final synchronized float[] logits(Inputs inputs, int rows) {
        if (closed) {
            throw new ModelException(ModelException.Code.ENGINE, source + ": closed (expected: an open model)");
        }
        input.requireBatch(inputs, rows);
        return rows == 0 ? new float[0] : run(inputs, rows);
    }

    @Override
    public final synchronized void close() {
        if (!closed) {
            closed = true;
            release();
        }
    }
}

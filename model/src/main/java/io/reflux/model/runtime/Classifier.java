package io.reflux.model.runtime;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ValueInfo;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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

    /** Runs a batch that has been checked, and returns all that the outputs hold; {@code rows} &gt; 0. */
    abstract List<float[]> run(Inputs inputs, int rows, List<ModelOutput> wanted);

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
    public abstract List<ModelOutput> outputs();

    @Override
    public final int numClasses() {
        List<Long> shape = outputs().get(0).shape();
        return Math.toIntExact(shape.get(shape.size() - 1));
    }

    @Override
    public final int positions() {
        List<Long> shape = outputs().get(0).shape();
        return shape.size() == 1 ? 1 : Math.toIntExact(shape.get(0));
    }

    @Override
    public final float[] logits(Inputs inputs, int rows) {
        return values(inputs, rows, 0).get(0);
    }

    @Override
    public final synchronized List<float[]> values(Inputs inputs, int rows, int... wanted) {
        if (closed) {
            throw new ModelException(ModelException.Code.ENGINE, source + ": closed (expected: an open model)");
        }
        List<ModelOutput> outputs =
                IntStream.of(wanted).mapToObj(outputs()::get).toList();
        input.requireBatch(inputs, rows);
        List<float[]> values = rows == 0 || wanted.length == 0
                ? Collections.nCopies(wanted.length, new float[0])
                : run(inputs, rows, outputs);
        for (int i = 0; i < wanted.length; i++) {
            requireLength(outputs.get(i), values.get(i), rows);
        }
        return values;
    }

    /** Checks that an output holds so many samples. */
    final void requireLength(ModelOutput output, float[] values, int rows) {
        if (values.length != (long) rows * output.elements()) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    source + ": output " + output.name() + ": " + values.length + " numbers (expected: " + rows + " x "
                            + output.elements() + ")");
        }
    }

    /** The outputs that can be asked for, of all that are given, as {@link OutputChoice} chooses them. */
    final List<ModelOutput> chosen(List<ValueInfo> given, long batch, List<String> named) {
        try {
            return new OutputChoice(named).of(given, batch, this::lengths);
        } catch (ModelException e) {
            throw e.in(source);
        }
    }

    /** How many numbers a batch of zeros gives for each output. */
    final int[] lengths(int rows, List<ModelOutput> wanted) {
        int elements = Math.multiplyExact(rows, input.elements());
        Inputs zeros =
                input.type() == ElementType.INT64 ? Inputs.of(new long[elements]) : Inputs.of(new float[elements]);
        return run(zeros, rows, wanted).stream()
                .mapToInt(values -> values.length)
                .toArray();
    }

    @Override
    public final synchronized void close() {
        if (!closed) {
            closed = true;
            release();
        }
    }
}

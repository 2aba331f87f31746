package io.reflux.model.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.graph.ValueInfo;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Shows the values inside a graph while ONNX Runtime evaluates it. Owns native memory: whoever opened it closes it. Not
 * thread-safe.
 */
public final class TensorProbe implements AutoCloseable {

    private final String source;
    private final SampleInput input;
    private final Set<String> inside;
    private final boolean probesInput;
    /** Samples a call must have, where the file fixes it; 0 = any number. */
    private final int fixedRows;

    private final OrtSession.SessionOptions options;
    private final OrtSession session;

    private TensorProbe(ModelGraph graph, Collection<String> tensors, int threads) throws OrtException {
        this.source = graph.source();
        this.input = input(graph);
        this.inside = new LinkedHashSet<>(tensors);
        this.probesInput = inside.remove(input.name());
        this.fixedRows = (int) Math.max(0, graph.inputs().get(0).shape().get(0));
        this.options = new OrtSession.SessionOptions();
        OrtSession opened = null;
        try {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            opened = OrtEnvironment.getEnvironment().createSession(withOutputs(graph, inside), options);
            this.session = opened;
        } catch (OrtException | RuntimeException e) {
            options.close();
            throw e;
        }
    }

    /**
     * Opens a graph.
     *
     * @param tensors names of FLOAT values of the graph: its input, or what nodes make
     * @param threads threads of one call, at least 1
     * @throws ModelException if the graph takes no samples of one known shape, or ONNX Runtime refuses it, as it does
     *     where there is no value of such a name
     */
    public static TensorProbe open(ModelGraph graph, Collection<String> tensors, int threads) {
        try {
            return new TensorProbe(graph, tensors, threads);
        } catch (OrtException e) {
            throw failure(graph.source(), "ONNX Runtime refuses it", e);
        }
    }

    private static SampleInput input(ModelGraph graph) {
        try {
            return SampleInput.of(graph);
        } catch (ModelException e) {
            throw e.in(graph.source());
        }
    }

    private static byte[] withOutputs(ModelGraph graph, Set<String> tensors) {
        Set<String> outputs = graph.outputs().stream().map(ValueInfo::name).collect(Collectors.toSet());
        ModelGraphBuilder builder = graph.toBuilder();
        tensors.stream()
                .filter(tensor -> !outputs.contains(tensor))
                .forEach(tensor -> builder.outputOfAnyShape(tensor, ElementType.FLOAT));
        return builder.build().toByteArray();
    }

    /**
     * Evaluates a batch and shows each tensor once for it; where the file fixes the number of samples, once for each part
     * of the batch, the last one filled up with its last sample again.
     *
     * @param inputs rows x sample, row-major
     * @param rows samples, at least 1
     * @param shown takes a tensor's name and its values, row-major; they are gone when it returns
     * @throws ModelException if the inputs do not fit or the engine fails
     */
    public void run(Inputs inputs, int rows, BiConsumer<String, FloatBuffer> shown) {
        input.requireBatch(inputs, rows);
        int step = fixedRows == 0 ? rows : fixedRows;
        for (int row = 0; row < rows; row += step) {
            runPart(part(inputs, row, Math.min(step, rows - row), step), step, shown);
        }
    }

    private void runPart(Inputs inputs, int rows, BiConsumer<String, FloatBuffer> shown) {
        if (probesInput && inputs instanceof Inputs.Samples samples) {
            shown.accept(input.name(), FloatBuffer.wrap(samples.values()));
        }
        if (inside.isEmpty()) {
            return;
        }
        try (OnnxTensor tensor = tensor(inputs, input.batchShape(rows));
                OrtSession.Result result = session.run(Map.of(input.name(), tensor), inside)) {
            for (String name : inside) {
                FloatBuffer values = result.get(name)
                        .map(value -> ((OnnxTensor) value).getFloatBuffer())
                        .orElse(null);
                if (values == null) {
                    throw new ModelException(
                            ModelException.Code.INVALID_ARGUMENT,
                            source + ": tensor " + name + ": no floats (expected: FLOAT)");
                }
                shown.accept(name, values);
            }
        } catch (OrtException e) {
            throw failure(source, "ONNX Runtime failed", e);
        }
    }

    /** Samples {@code from} to {@code from + rows - 1}, the last one repeated until there are {@code size}. */
    private Inputs part(Inputs inputs, int from, int rows, int size) {
        int sample = input.elements();
        if (from == 0 && inputs.length() == size * sample) {
            return inputs;
        }
        int begin = from * sample;
        int end = begin + rows * sample;
        if (inputs instanceof Inputs.Tokens tokens) {
            long[] part = Arrays.copyOf(Arrays.copyOfRange(tokens.ids(), begin, end), size * sample);
            for (int i = rows; i < size; i++) {
                System.arraycopy(part, (rows - 1) * sample, part, i * sample, sample);
            }
            return Inputs.of(part);
        }
        float[] part = Arrays.copyOf(Arrays.copyOfRange(((Inputs.Samples) inputs).values(), begin, end), size * sample);
        for (int i = rows; i < size; i++) {
            System.arraycopy(part, (rows - 1) * sample, part, i * sample, sample);
        }
        return Inputs.of(part);
    }

    private static OnnxTensor tensor(Inputs inputs, long[] shape) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        return inputs instanceof Inputs.Tokens tokens
                ? OnnxTensor.createTensor(environment, LongBuffer.wrap(tokens.ids()), shape)
                : OnnxTensor.createTensor(environment, FloatBuffer.wrap(((Inputs.Samples) inputs).values()), shape);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw failure(source, "ONNX Runtime failed to close", e);
        } finally {
            options.close();
        }
    }

    private static ModelException failure(String source, String what, OrtException e) {
        String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
        return new ModelException(ModelException.Code.ENGINE, source + ": " + what + ": " + reason, e);
    }
}

package io.reflux.model.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A classifier run by ONNX Runtime on the CPU: the reference that what leaves Reflux is judged by. The session is
 * opened from the file's own bytes, so what runs is what was written; operators need not be known to Reflux.
 */
public final class OnnxRuntimeModel extends Classifier {

    private final OrtSession.SessionOptions options;
    private final OrtSession session;
    private final List<ModelOutput> outputs;
    /** Samples a call must have, where the file fixes it; 0 = any number. */
    private final int fixedRows;

    private OnnxRuntimeModel(ModelGraph graph, ModelGraph extended, List<String> hints, int threads)
            throws OrtException {
        super(graph.source(), graph.digest(), SampleInput.of(graph), graph.metadata());
        long batch = graph.inputs().get(0).shape().get(0);
        this.fixedRows = (int) Math.max(0, batch);
        this.options = new OrtSession.SessionOptions();
        OrtSession opened = null;
        try {
            configure(options, threads);
            opened = OrtEnvironment.getEnvironment().createSession(extended.toByteArray(), options);
            this.session = opened;
            this.outputs = new OutputChoice(hints).of(given(extended, opened), batch, this::lengths);
        } catch (OrtException | RuntimeException e) {
            if (opened != null) {
                opened.close();
            }
            options.close();
            throw e;
        }
    }

    /**
     * Reads and opens a file.
     *
     * @param threads threads of one call, at least 1
     * @throws ModelException if the file is no ONNX model, is no classifier of samples of one known shape, or ONNX
     *     Runtime refuses it
     */
    public static OnnxRuntimeModel open(Path file, int threads) {
        return open(ModelGraph.read(file), threads);
    }

    /** As {@link #open(Path, int)}, for a graph that is in memory. */
    public static OnnxRuntimeModel open(ModelGraph graph, int threads) {
        return open(graph, List.of(), threads);
    }

    /**
     * As {@link #open(ModelGraph, int)}, for a model that gives more than its file says. Its digest stays that of the file.
     *
     * @param hints outputs, and inner values of the graph, that must be among {@link #outputs}
     * @throws ModelException also if there is no value of such a name, or it is not FLOAT[batch, ...] with all but the batch
     *     fixed
     */
    public static OnnxRuntimeModel open(ModelGraph graph, List<String> hints, int threads) {
        if (threads < 1) {
            throw new ModelException(ModelException.Code.INVALID_ARGUMENT, "threads: " + threads + " (expected: >= 1)");
        }
        ModelGraph extended = graph.withOutputs(hints);
        try {
            return new OnnxRuntimeModel(graph, extended, hints, threads);
        } catch (OrtException e) {
            throw failure(graph.source(), "ONNX Runtime refuses it", e);
        } catch (ModelException e) {
            throw e.in(graph.source());
        }
    }

    private static void configure(OrtSession.SessionOptions options, int threads) throws OrtException {
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        // Spinning workers take cores from whoever shares the machine.
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
    }

    /** The outputs as the session knows them, the logits first. */
    private static List<ValueInfo> given(ModelGraph graph, OrtSession session) throws OrtException {
        List<ValueInfo> given = new ArrayList<>();
        for (ValueInfo output : graph.outputs()) {
            NodeInfo info = session.getOutputInfo().get(output.name());
            if (info != null && info.getInfo() instanceof TensorInfo tensor) {
                given.add(described(output.name(), tensor));
            } else if (given.isEmpty()) {
                throw mismatch("output " + output.name() + ": " + info, "a tensor");
            }
        }
        ValueInfo logits = given.get(0);
        if (!ClassifierSignature.isLogits(logits.shape())) {
            throw mismatch("output " + logits.name() + ": shape " + logits.shape(), ClassifierSignature.EXPECTED);
        }
        return given;
    }

    /** What is no tensor of floats of a known shape is described as one of integers, which nobody can ask for. */
    private static ValueInfo described(String name, TensorInfo tensor) {
        List<Long> shape = Arrays.stream(tensor.getShape()).boxed().toList();
        boolean usable = tensor.type == OnnxJavaType.FLOAT && shape.stream().allMatch(size -> size >= 1 || size == -1);
        return new ValueInfo(name, usable ? ElementType.FLOAT : ElementType.INT64, usable ? shape : List.of());
    }

    @Override
    public List<ModelOutput> outputs() {
        return outputs;
    }

    @Override
    List<float[]> run(Inputs inputs, int rows, List<ModelOutput> wanted) {
        if (fixedRows == 0 || fixedRows == rows) {
            return run(inputs, 0, rows, rows, wanted);
        }
        List<float[]> values = wanted.stream()
                .map(output -> new float[Math.multiplyExact(rows, output.elements())])
                .toList();
        for (int row = 0; row < rows; row += fixedRows) {
            int real = Math.min(fixedRows, rows - row);
            List<float[]> part = run(inputs, row, real, fixedRows, wanted);
            for (int i = 0; i < wanted.size(); i++) {
                int elements = wanted.get(i).elements();
                requireLength(wanted.get(i), part.get(i), fixedRows);
                System.arraycopy(part.get(i), 0, values.get(i), row * elements, real * elements);
            }
        }
        return values;
    }

    /** Runs {@code size} samples of which the first {@code rows} are real and the others zero. */
    private List<float[]> run(Inputs inputs, int row, int rows, int size, List<ModelOutput> wanted) {
        Set<String> names = new LinkedHashSet<>();
        wanted.forEach(output -> names.add(output.name()));
        try (OnnxTensor tensor = tensor(inputs, row, rows, size);
                OrtSession.Result result = session.run(Map.of(input().name(), tensor), names)) {
            List<float[]> values = new ArrayList<>();
            for (ModelOutput output : wanted) {
                values.add(floats(output, result));
            }
            return values;
        } catch (OrtException e) {
            throw failure(source(), "ONNX Runtime failed", e);
        }
    }

    private static float[] floats(ModelOutput output, OrtSession.Result result) {
        FloatBuffer values = ((OnnxTensor) result.get(output.name()).orElseThrow()).getFloatBuffer();
        if (values == null) {
            throw mismatch("output " + output.name() + ": no floats", "floats");
        }
        float[] copy = new float[values.remaining()];
        values.get(copy);
        return copy;
    }

    private OnnxTensor tensor(Inputs inputs, int row, int rows, int size) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        int sample = input().elements();
        int from = row * sample;
        int count = rows * sample;
        int padded = size * sample;
        long[] shape = input().batchShape(size);
        if (inputs instanceof Inputs.Tokens tokens) {
            LongBuffer batch = rows == size
                    ? LongBuffer.wrap(tokens.ids(), from, count)
                    : LongBuffer.wrap(Arrays.copyOf(Arrays.copyOfRange(tokens.ids(), from, from + count), padded));
            return OnnxTensor.createTensor(environment, batch, shape);
        }
        float[] values = ((Inputs.Samples) inputs).values();
        FloatBuffer batch = rows == size
                ? FloatBuffer.wrap(values, from, count)
                : FloatBuffer.wrap(Arrays.copyOf(Arrays.copyOfRange(values, from, from + count), padded));
        return OnnxTensor.createTensor(environment, batch, shape);
    }

    @Override
    void release() {
        try {
            session.close();
        } catch (OrtException e) {
            throw failure(source(), "ONNX Runtime failed to close", e);
        } finally {
            options.close();
        }
    }

    private static ModelException mismatch(String found, String expected) {
        return new ModelException(ModelException.Code.SHAPE_MISMATCH, found + " (expected: " + expected + ")");
    }

    private static ModelException failure(String source, String what, OrtException e) {
        String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
        return new ModelException(ModelException.Code.ENGINE, source + ": " + what + ": " + reason, e);
    }
}

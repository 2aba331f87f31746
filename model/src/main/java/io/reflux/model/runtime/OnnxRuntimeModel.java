package io.reflux.model.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * A classifier run by ONNX Runtime on the CPU: the reference that what leaves Reflux is judged by. The session is
 * opened from the file's own bytes, so what runs is what was written; operators need not be known to Reflux.
 */
public final class OnnxRuntimeModel extends Classifier {

    private final OrtSession.SessionOptions options;
    private final OrtSession session;
    private final String outputName;
    private final int positions;
    private final int classes;
    /** Samples a call must have, where the file fixes it; 0 = any number. */
    private final int fixedRows;

    private OnnxRuntimeModel(ModelGraph graph, int threads) throws OrtException {
        super(graph.source(), graph.digest(), SampleInput.of(graph), graph.metadata());
        this.fixedRows = (int) Math.max(0, graph.inputs().get(0).shape().get(0));
        this.outputName = graph.outputs().get(0).name();
        this.options = new OrtSession.SessionOptions();
        OrtSession opened = null;
        try {
            configure(options, threads);
            opened = OrtEnvironment.getEnvironment().createSession(graph.toByteArray(), options);
            long[] logits = logitsShape(opened, outputName);
            this.positions = logits.length == 2 ? 1 : Math.toIntExact(logits[1]);
            this.classes = Math.toIntExact(logits[logits.length - 1]);
            this.session = opened;
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
        if (threads < 1) {
            throw new ModelException(ModelException.Code.INVALID_ARGUMENT, "threads: " + threads + " (expected: >= 1)");
        }
        try {
            return new OnnxRuntimeModel(graph, threads);
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

    private static long[] logitsShape(OrtSession session, String output) throws OrtException {
        NodeInfo info = session.getOutputInfo().get(output);
        if (info != null && info.getInfo() instanceof TensorInfo tensor) {
            long[] shape = tensor.getShape();
            if (ClassifierSignature.isLogits(Arrays.stream(shape).boxed().toList())) {
                return shape;
            }
            throw mismatch("output " + output + ": shape " + Arrays.toString(shape), ClassifierSignature.EXPECTED);
        }
        throw mismatch("output " + output + ": " + info, "a tensor");
    }

    @Override
    public int numClasses() {
        return classes;
    }

    @Override
    public int positions() {
        return positions;
    }

    @Override
    float[] run(Inputs inputs, int rows) {
        float[] logits = new float[Math.multiplyExact(rows, logitsOfSample())];
        int step = fixedRows == 0 ? rows : fixedRows;
        for (int row = 0; row < rows; row += step) {
            run(inputs, row, Math.min(step, rows - row), step, logits);
        }
        return logits;
    }

    /** Runs {@code size} samples of which the first {@code rows} are real and the others zero. */
    private void run(Inputs inputs, int row, int rows, int size, float[] logits) {
        try (OnnxTensor tensor = tensor(inputs, row, rows, size);
                OrtSession.Result result = session.run(Map.of(input().name(), tensor), Set.of(outputName))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            if (values == null || values.remaining() != size * logitsOfSample()) {
                throw mismatch(
                        "output " + outputName + ": " + (values == null ? "no floats" : values.remaining() + " values"),
                        size + " x " + logitsOfSample() + " floats");
            }
            values.get(logits, row * logitsOfSample(), rows * logitsOfSample());
        } catch (OrtException e) {
            throw failure(source(), "ONNX Runtime failed", e);
        }
    }

    private int logitsOfSample() {
        return positions * classes;
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

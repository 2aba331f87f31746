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
            this.classes = classes(opened, outputName);
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

    private static int classes(OrtSession session, String output) throws OrtException {
        NodeInfo info = session.getOutputInfo().get(output);
        if (info != null && info.getInfo() instanceof TensorInfo tensor) {
            long[] shape = tensor.getShape();
            if (shape.length == 2 && shape[1] >= 1) {
                return Math.toIntExact(shape[1]);
            }
            throw mismatch("output " + output + ": shape " + Arrays.toString(shape), "[batch, classes]");
        }
        throw mismatch("output " + output + ": " + info, "a tensor");
    }

    @Override
    public int numClasses() {
        return classes;
    }

    @Override
    float[] run(float[] inputs, int rows) {
        float[] logits = new float[Math.multiplyExact(rows, classes)];
        int step = fixedRows == 0 ? rows : fixedRows;
        for (int row = 0; row < rows; row += step) {
            run(inputs, row, Math.min(step, rows - row), step, logits);
        }
        return logits;
    }

    /** Runs {@code size} samples of which the first {@code rows} are real and the others zero. */
    private void run(float[] inputs, int row, int rows, int size, float[] logits) {
        int sample = input().elements();
        FloatBuffer batch = rows == size
                ? FloatBuffer.wrap(inputs, row * sample, rows * sample)
                : FloatBuffer.wrap(
                        Arrays.copyOf(Arrays.copyOfRange(inputs, row * sample, (row + rows) * sample), size * sample));
        try (OnnxTensor tensor =
                        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), batch, input().batchShape(size));
                OrtSession.Result result = session.run(Map.of(input().name(), tensor), Set.of(outputName))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            if (values == null || values.remaining() != size * numClasses()) {
                throw mismatch(
                        "output " + outputName + ": " + (values == null ? "no floats" : values.remaining() + " values"),
                        size + " x " + numClasses() + " floats");
            }
            values.get(logits, row * numClasses(), rows * numClasses());
        } catch (OrtException e) {
            throw failure(source(), "ONNX Runtime failed", e);
        }
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

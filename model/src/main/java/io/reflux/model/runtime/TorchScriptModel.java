package io.reflux.model.runtime;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.reflux.model.graph.ModelException;
import io.reflux.model.script.TorchDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A TorchScript file ({@code .pt}) whose {@code forward} takes one float tensor batch×sample and gives logits
 * batch×classes.
 *
 * <p>The format does not say what shape a sample has, so the caller does; the number of classes is found by running
 * one sample of zeros.
 */
public final class TorchScriptModel implements InferenceModel {

    private final Path file;
    private final String digest;
    private final List<Long> sampleShape;
    private final int sampleElements;
    private final NDManager manager;
    private final PtSymbolBlock module;
    private final int classes;

    private TorchScriptModel(Path file, List<Long> sampleShape, NDManager manager) throws IOException {
        this.file = file;
        this.digest = FileDigest.sha256(file);
        this.sampleShape = List.copyOf(sampleShape);
        this.sampleElements = Math.toIntExact(sampleShape.stream().reduce(1L, Math::multiplyExact));
        this.manager = manager;
        this.module = load(file, manager);
        this.classes = runOnce(new float[sampleElements], 1).length;
    }

    /**
     * Loads a file.
     *
     * @param sampleShape shape of one sample, without the batch
     * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
     * @throws ModelException if the file is missing, is no TorchScript, or does not take such samples
     */
    public static TorchScriptModel open(Path file, List<Long> sampleShape, String device) {
        NDManager manager = NDManager.newBaseManager(TorchDevice.of(device), "PyTorch");
        try {
            return new TorchScriptModel(file, sampleShape, manager);
        } catch (IOException e) {
            manager.close();
            throw new ModelException(
                    ModelException.Code.UNREADABLE, file + ": cannot be read (expected: a TorchScript file)", e);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private static PtSymbolBlock load(Path file, NDManager manager) throws IOException {
        try (var stream = Files.newInputStream(file)) {
            return JniUtils.loadModule((PtNDManager) manager, stream, true, false);
        } catch (EngineException e) {
            throw new ModelException(ModelException.Code.MALFORMED, file + ": not a TorchScript archive", e);
        }
    }

    @Override
    public List<Long> sampleShape() {
        return sampleShape;
    }

    @Override
    public int numClasses() {
        return classes;
    }

    @Override
    public String digest() {
        return digest;
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public float[] logits(float[] inputs, int rows) {
        if (inputs.length != rows * sampleElements) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    "inputs: " + inputs.length + " elements for " + rows + " samples (expected: " + sampleElements
                            + " a sample, shape " + sampleShape + ")");
        }
        return rows == 0 ? new float[0] : runOnce(inputs, rows);
    }

    private float[] runOnce(float[] inputs, int rows) {
        JniUtils.setGraphExecutorOptimize(false);
        long[] shape = new long[sampleShape.size() + 1];
        shape[0] = rows;
        for (int i = 0; i < sampleShape.size(); i++) {
            shape[i + 1] = sampleShape.get(i);
        }
        try (NDManager batch = manager.newSubManager();
                NDArray input = batch.create(inputs, new Shape(shape));
                NDList outputs = IValueUtils.forward(module, new NDList(input), false)) {
            NDArray logits = outputs.get(0);
            if (logits.getShape().dimension() != 2 || logits.getShape().get(0) != rows) {
                throw new ModelException(
                        ModelException.Code.SHAPE_MISMATCH,
                        file + ": output of shape " + logits.getShape() + " (expected: (" + rows + ", classes))");
            }
            return logits.toFloatArray();
        } catch (EngineException e) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    file + ": does not take float samples of shape " + sampleShape,
                    e);
        }
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }
}

package io.reflux.model.runtime;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.script.BatchMemory;
import io.reflux.model.script.TorchDevice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A TorchScript file ({@code .pt}) whose {@code forward} takes one float tensor batch×sample and gives logits
 * batch×classes or batch×positions×classes, alone or as the first of several tensors.
 *
 * <p>The format does not say what shape a sample has, so the caller does; the shapes of the outputs are found by running
 * samples of zeros. It has no names for outputs either: those behind the logits are {@code output1}, {@code output2} and
 * so on.
 */
public final class TorchScriptModel extends Classifier {

    private final NDManager manager;
    private final PtSymbolBlock module;
    private final BatchMemory memory = new BatchMemory();
    private final List<ModelOutput> outputs;

    private TorchScriptModel(Path file, SampleInput input, List<String> hints, NDManager manager) throws IOException {
        super(file.toString(), FileDigest.sha256(file), input, Map.of());
        this.manager = manager;
        this.module = load(file, manager);
        try (NDManager probe = manager.newSubManager();
                NDList results = forward(probe, Inputs.of(new float[input.elements()]), 1)) {
            List<ValueInfo> given = new ArrayList<>();
            for (NDArray result : results) {
                given.add(described(given.size(), result));
            }
            this.outputs = chosen(given, 1, hints);
        }
    }

    private static ValueInfo described(int index, NDArray result) {
        long[] shape = result.getShape().getShape();
        boolean empty = LongStream.of(shape).anyMatch(dimension -> dimension < 1);
        return new ValueInfo(
                name(index),
                result.getDataType() == DataType.FLOAT32 && !empty ? ElementType.FLOAT : ElementType.INT64,
                empty ? List.of() : LongStream.of(shape).boxed().toList());
    }

    private static String name(int index) {
        return index == 0 ? "logits" : "output" + index;
    }

    /**
     * Loads a file.
     *
     * @param sampleShape shape of one sample, without the batch
     * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
     * @throws ModelException if the file is missing, is no TorchScript, or does not take such samples
     */
    public static TorchScriptModel open(Path file, List<Long> sampleShape, String device) {
        return open(file, sampleShape, List.of(), device);
    }

    /**
     * As {@link #open(Path, List, String)}.
     *
     * @param hints outputs that must be among {@link #outputs}; inner values have no names in such a file
     * @throws ModelException also if one is not, or is not float32(batch, ...)
     */
    public static TorchScriptModel open(Path file, List<Long> sampleShape, List<String> hints, String device) {
        NDManager manager = NDManager.newBaseManager(TorchDevice.of(device), "PyTorch");
        try {
            return new TorchScriptModel(file, new SampleInput("x", ElementType.FLOAT, sampleShape), hints, manager);
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
        try (InputStream stream = Files.newInputStream(file)) {
            return JniUtils.loadModule((PtNDManager) manager, stream, true, false);
        } catch (EngineException e) {
            throw new ModelException(
                    ModelException.Code.MALFORMED, file + ": not TorchScript (expected: a file of torch.jit.save)", e);
        }
    }

    @Override
    public List<ModelOutput> outputs() {
        return outputs;
    }

    @Override
    List<float[]> run(Inputs inputs, int rows, List<ModelOutput> wanted) {
        try (NDManager batch = manager.newSubManager();
                NDList results = forward(batch, inputs, rows)) {
            return wanted.stream()
                    .map(output -> results.get(place(output)).toFloatArray())
                    .toList();
        }
    }

    private static int place(ModelOutput output) {
        int place = 0;
        while (!name(place).equals(output.name())) {
            place++;
        }
        return place;
    }

    /** Runs the model; the caller closes the outputs, of which the first are logits. */
    private NDList forward(NDManager batch, Inputs inputs, int rows) {
        JniUtils.setGraphExecutorOptimize(false);
        try {
            NDList outputs = IValueUtils.forward(module, new NDList(input().array(batch, memory, inputs, rows)), false);
            NDArray logits = outputs.head();
            Shape shape = logits.getShape();
            boolean fits = (shape.dimension() == 2 || shape.dimension() == 3) && shape.get(0) == rows;
            if (!fits || logits.getDataType() != DataType.FLOAT32) {
                String found = logits.getDataType() + String.valueOf(shape);
                outputs.close();
                throw new ModelException(
                        ModelException.Code.SHAPE_MISMATCH,
                        source() + ": output " + found + " (expected: float32(" + rows + ", classes) or float32(" + rows
                                + ", positions, classes))");
            }
            return outputs;
        } catch (EngineException e) {
            throw new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    source() + ": fails on samples of shape " + input().sampleShape() + " (expected: to take them)",
                    e);
        }
    }

    @Override
    void release() {
        module.close();
        manager.close();
    }
}

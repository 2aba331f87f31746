package io.reflux.teacher.engine;

import io.reflux.data.SampleShape;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.runtime.TorchScriptModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Opens a teacher's model file by its ending. */
public final class ModelFiles {

    private ModelFiles() {}

    /**
     * Opens {@code .onnx} files compiled to TorchScript and {@code .pt} files as they are.
     *
     * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
     * @param sampleShape what a {@code .pt} file, which does not say it, takes; null: unknown
     * @param hints outputs and inner values that the model must give beside its logits
     * @throws ModelException if the file is missing, corrupt, of another kind, or no classifier of such samples,
     *     or a hint is not there or has no row for each sample
     */
    public static InferenceModel open(Path file, String device, @Nullable SampleShape sampleShape, List<String> hints) {
        if (!Files.isRegularFile(file)) {
            String found = Files.isDirectory(file) ? "a folder" : "not there";
            throw new ModelException(ModelException.Code.UNREADABLE, file + ": " + found + " (expected: a model file)");
        }
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".onnx")) {
            return TorchGraphModel.open(ModelGraph.read(file), hints, device);
        }
        if (!name.endsWith(".pt")) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED, file + ": unknown ending (expected: .onnx or .pt)");
        }
        if (sampleShape == null) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    file + ": unknown sample shape (expected: a data set, since a .pt file does not say it)");
        }
        List<Long> shape =
                List.of((long) sampleShape.channels(), (long) sampleShape.height(), (long) sampleShape.width());
        return TorchScriptModel.open(file, shape, hints, device);
    }
}

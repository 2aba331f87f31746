package io.reflux.student.run;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.sample.PlainBatches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A quantised file, which gets its name when it is known to answer as what was trained. */
final class CheckedFile {
    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    private CheckedFile() {}

    /**
     * Compares a file with the graph that was trained, and renames it; a file that is not accepted is removed, and what has the
     * name already stays.
     *
     * @param unchecked the file, beside its name to be
     * @param least smallest agreement, in [0, 1]
     * @throws io.reflux.model.graph.ModelException if the agreement is smaller
     * @throws TrainingFailure with code RESOURCE when the file cannot be renamed
     */
    static Fidelity accept(ModelGraph trained, Path unchecked, Path name, PlainBatches test, double least) {
        try {
            Fidelity fidelity = measure(trained, unchecked, test);
            fidelity.requireAgreement(least, name.toString());
            Files.move(unchecked, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return fidelity;
        } catch (IOException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE, name + ": cannot be written: " + e.getMessage(), e);
        } finally {
            // Once it is renamed there is none.
            unchecked.toFile().delete();
        }
    }

    private static Fidelity measure(ModelGraph trained, Path file, PlainBatches test) {
        try (TorchGraphModel graph = TorchGraphModel.open(trained, "cpu");
                OnnxRuntimeModel reloaded = OnnxRuntimeModel.open(file, THREADS)) {
            return Fidelity.between(graph, reloaded, test);
        }
    }
}

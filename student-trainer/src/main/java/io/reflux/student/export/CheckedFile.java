package io.reflux.student.export;

import io.reflux.model.file.WholeFile;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.integers.IntegerArithmetic;
import io.reflux.student.sample.PlainBatches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A quantised file, which gets its name when it is known to answer as what was trained. */
public final class CheckedFile {
    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    private CheckedFile() {}

    /**
     * Writes a graph beside its name, reloads it, compares it with the graph that was trained, and renames it; a file that is not
     * accepted is removed, and what has the name already stays.
     *
     * @param stored what to write
     * @param test samples to compare on
     * @param least smallest agreement, in [0, 1]
     * @return how near the reloaded file comes to the graph that was trained
     * @throws ModelException with code ENGINE if the agreement is smaller, UNWRITABLE if the file cannot be written
     */
    public static Fidelity write(ModelGraph stored, ModelGraph trained, Path file, PlainBatches test, double least) {
        Path unchecked = file.resolveSibling(file.getFileName() + ".unchecked");
        try {
            stored.write(unchecked);
            Fidelity fidelity = measure(trained, unchecked, test);
            fidelity.requireAgreement(least, file.toString());
            Files.move(unchecked, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return fidelity;
        } catch (IOException e) {
            throw new ModelException(
                    ModelException.Code.UNWRITABLE, file + ": cannot be written: " + WholeFile.reason(e), e);
        } finally {
            // Once it is renamed there is none.
            unchecked.toFile().delete();
        }
    }

    private static Fidelity measure(ModelGraph trained, Path file, PlainBatches test) {
        try (TorchGraphModel graph = TorchGraphModel.open(IntegerArithmetic.of(trained), "cpu");
                OnnxRuntimeModel reloaded = OnnxRuntimeModel.open(file, THREADS)) {
            return Fidelity.between(graph, reloaded, test);
        } catch (ModelException e) {
            throw e.in("the graph that was trained and " + file + ", compared");
        }
    }
}

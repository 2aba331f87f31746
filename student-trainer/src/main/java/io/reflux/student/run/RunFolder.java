package io.reflux.student.run;

import io.reflux.student.failure.TrainingFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder of a run.
 *
 * @param model the exported file
 * @param report the report
 * @param checkpoint the latest checkpoint
 */
record RunFolder(Path model, Path report, Path checkpoint) {
    /**
     * Makes the folder and tries to write there, before hours of training depend on it.
     *
     * @throws TrainingFailure with code RESOURCE when it cannot be written to
     */
    static RunFolder open(String folder, String name) {
        Path path = Path.of(folder);
        try {
            Files.createDirectories(path);
            Files.delete(Files.createTempFile(path, ".writable", ""));
        } catch (IOException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE, "export.folder: " + path + " (expected: a folder to write to)", e);
        }
        return new RunFolder(
                path.resolve(name + ".onnx"), path.resolve("report.json"), path.resolve("checkpoint.reflux"));
    }
}

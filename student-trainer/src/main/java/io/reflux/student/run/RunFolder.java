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
 * @param ledger what was applied to the weights
 * @param made whether the folder was not there before
 */
record RunFolder(Path model, Path report, Path checkpoint, Path ledger, boolean made) {
    /**
     * Makes the folder and tries to write there, before hours of training depend on it.
     *
     * @throws TrainingFailure with code RESOURCE when it cannot be written to, or a result is a folder
     */
    static RunFolder open(String folder, String name) {
        Path path = Path.of(folder);
        boolean made = Files.notExists(path);
        try {
            Files.createDirectories(path);
            Files.delete(Files.createTempFile(path, ".writable", ""));
        } catch (IOException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE, "export.folder: " + path + " (expected: a folder to write to)", e);
        }
        return of(path, name, made);
    }

    /**
     * Returns the folder of a run that was, without looking whether it is there.
     *
     * @throws TrainingFailure with code RESOURCE when a result is a folder
     */
    static RunFolder of(String folder, String name) {
        return of(Path.of(folder), name, false);
    }

    private static RunFolder of(Path path, String name, boolean made) {
        return new RunFolder(
                file(path, name + ".onnx"),
                file(path, "report.json"),
                file(path, "checkpoint.reflux"),
                file(path, "ledger.csv"),
                made);
    }

    /** The student as a stage that rewrites it left it, for a run that is resumed behind that stage. */
    Path stage(int index) {
        return checkpoint.resolveSibling("stage-" + index + ".onnx");
    }

    /** Removes the folder if it was made for this run, which failed before it left anything there. */
    void removeIfEmpty() {
        Path folder = model.toAbsolutePath().getParent();
        String[] files = folder == null || !made ? null : folder.toFile().list();
        if (files != null && files.length == 0) {
            folder.toFile().delete();
        }
    }

    private static Path file(Path folder, String name) {
        Path file = folder.resolve(name);
        if (Files.isDirectory(file)) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE, "export.folder: " + file + ": a folder (expected: a file to write)");
        }
        return file;
    }
}

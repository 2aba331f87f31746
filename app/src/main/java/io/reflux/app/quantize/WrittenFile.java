package io.reflux.app.quantize;

import io.reflux.app.console.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file that a command writes, which lies beside the model unless an option says where. */
final class WrittenFile {

    private WrittenFile() {}

    /**
     * The file; refused before the work where writing would fail after it.
     *
     * @param output what {@code --output} says, null for a file beside the model
     * @param ending in the place of the model's .onnx
     * @throws UsageException where it is in no folder that is there, or is a folder
     */
    static Path of(@Nullable Path output, Path model, String ending) {
        Path file = output == null ? model.resolveSibling(stem(model, ".onnx") + ending) : output;
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
            throw new UsageException("--output: " + file + " (expected: a file in a folder that is there)");
        }
        return file;
    }

    /** The file's name without its ending, if it has this one. */
    static String stem(Path file, String ending) {
        String name = file.getFileName().toString();
        return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
    }
}

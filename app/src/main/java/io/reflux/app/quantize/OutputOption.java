package io.reflux.app.quantize;

import io.reflux.app.console.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the quantised file goes. */
final class OutputOption {

    @Option(
            names = "--output",
            paramLabel = "OUT.onnx",
            description = "The file to write (default: MODEL.int8.onnx beside the model).")
    private @Nullable Path output;

    /**
     * The file to write; refused before the work where writing would fail after it, or take the place of the model.
     *
     * @throws UsageException where it is no new file in a folder that is there
     */
    Path file(Path model) throws IOException {
        Path file = WrittenFile.of(output, model, ".int8.onnx");
        if (Files.exists(file) && Files.isSameFile(file, model)) {
            throw new UsageException("--output: " + file + " (expected: another file than the model)");
        }
        return file;
    }
}

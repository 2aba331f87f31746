package io.reflux.student.report;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reflux.student.failure.TrainingFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A report as JSON, for scripts. */
public final class ReportFile {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ReportFile() {}

    /** Returns the report as JSON text. */
    public static String json(CompressionReport report) {
        try {
            return JSON.writeValueAsString(report) + "\n";
        } catch (JacksonException e) {
            throw new IllegalStateException("report: " + e.getOriginalMessage() + " (expected: plain records)", e);
        }
    }

    /**
     * Writes the report beside its final name, then renames it.
     *
     * @throws TrainingFailure with code RESOURCE when the file cannot be written
     */
    public static void write(Path file, CompressionReport report) {
        try {
            Path beside = file.resolveSibling(file.getFileName() + ".part");
            Files.writeString(beside, json(report));
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE, "report " + file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}

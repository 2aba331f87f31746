package io.reflux.student.report;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reflux.model.file.WholeFile;
import io.reflux.student.failure.TrainingFailure;
import java.io.IOException;
import java.nio.file.Path;

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
     * Writes the report, whole or not at all.
     *
     * @throws TrainingFailure with code RESOURCE when the file cannot be written
     */
    public static void write(Path file, CompressionReport report) {
        try {
            WholeFile.write(file, json(report));
        } catch (IOException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE, "report " + file + ": cannot be written: " + WholeFile.reason(e), e);
        }
    }
}

package io.reflux.student.run;

import io.reflux.student.report.CompressionReport;
import java.nio.file.Path;

/**
 * What a run leaves.
 *
 * @param model the exported ONNX file
 * @param reportFile the report as JSON, beside it
 * @param ledgerFile what was applied to the weights, batch by batch
 * @param report the report
 */
public record RunResult(Path model, Path reportFile, Path ledgerFile, CompressionReport report) {}

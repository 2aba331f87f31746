package io.reflux.benchmarks.precision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reflux.benchmarks.measure.Spread;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Makes the table of the runs in a folder: {@code PrecisionTable WORK}, where {@code WORK/MODEL/PRECISION/seed-N/report.json}
 * are what {@code benchmarks/precision/run} leaves. Markdown goes to standard output.
 */
public final class PrecisionTable {

    private static final List<String> PRECISIONS = List.of("fp32", "bf16", "fp16");
    private static final ObjectMapper JSON = new ObjectMapper();

    private PrecisionTable() {}

    /** Prints the table. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: PrecisionTable WORK");
            System.exit(2);
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println("| model | precision | seeds | test accuracy, % | test loss, nats | samples/s |");
        out.println("|---|---|---|---|---|---|");
        for (Path model : folders(Path.of(arguments[0]))) {
            for (String precision : PRECISIONS) {
                List<JsonNode> reports = reports(model.resolve(precision));
                if (!reports.isEmpty()) {
                    out.println("| " + model.getFileName() + " | " + precision + " | " + reports.size() + " | "
                            + spread(
                                    reports,
                                    report ->
                                            100 * report.at("/student/accuracy").asDouble(),
                                    2) + " | "
                            + spread(
                                    reports,
                                    report -> report.at("/student/loss").asDouble(),
                                    4) + " | "
                            + spread(
                                    reports,
                                    report -> report.at("/samplesPerSecond").asDouble(),
                                    0) + " |");
                }
            }
        }
    }

    private static List<JsonNode> reports(Path folder) throws IOException {
        List<JsonNode> reports = new ArrayList<>();
        for (Path seed : folders(folder)) {
            Path report = seed.resolve("report.json");
            if (Files.exists(report)) {
                reports.add(JSON.readTree(report.toFile()));
            }
        }
        return reports;
    }

    private static List<Path> folders(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static String spread(List<JsonNode> reports, ToDoubleFunction<JsonNode> value, int decimals) {
        return Spread.of(reports.stream().map(value::applyAsDouble).toList(), decimals);
    }
}

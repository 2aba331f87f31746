package io.reflux.benchmarks.quantization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A run and what it reports of the reloaded file.
 *
 * @param seed name of the seed's folder
 * @param model the file
 */
record ReportedRun(String seed, Path model, JsonNode report) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The runs of a variant, one a seed; not those that have no report yet. */
    static List<ReportedRun> of(List<Path> seeds, String variant) throws IOException {
        List<ReportedRun> runs = new ArrayList<>();
        for (Path seed : seeds) {
            Path report = seed.resolve(variant).resolve("report.json");
            if (Files.exists(report)) {
                JsonNode json = JSON.readTree(report.toFile());
                Path model = report.resolveSibling(json.get("name").asText() + ".onnx");
                runs.add(new ReportedRun(seed.getFileName().toString(), model, json));
            }
        }
        return runs;
    }

    double accuracy() {
        return 100 * report.at("/student/accuracy").asDouble();
    }

    double loss() {
        return report.at("/student/loss").asDouble();
    }

    long bytes() {
        return report.get("studentBytes").asLong();
    }

    double agreement() {
        return 100 * report.at("/fidelity/agreement").asDouble();
    }
}

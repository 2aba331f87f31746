package io.reflux.benchmarks.hinton;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reflux.benchmarks.measure.Spread;
import io.reflux.data.DataSplits;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.student.report.Evaluation;
import io.reflux.student.report.Evaluator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Makes the table of the runs in a folder: {@code HintonTable WORK DATA_DIR}, where {@code WORK/seed-N/ARM/report.json}
 * are what {@code benchmarks/hinton-mnist/run} leaves. Markdown goes to standard output.
 */
public final class HintonTable {

    private static final int THREE = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The rows: folder of the arm, what it is, errors in the paper. */
    private enum Arm {
        TEACHER("teacher", "teacher 784-1200-1200-10, dropout 0.3, shifts", "67"),
        ALONE("alone", "student 784-800-800-10 alone", "146"),
        DISTILLED("distilled", "student, T = 20, samples as they are", "74"),
        ALONE_SHIFTED("alone-shifted", "student alone, shifted views", "-"),
        DISTILLED_SHIFTED("distilled-shifted", "student, T = 20, shifted views over gRPC", "-"),
        WITHOUT_THREES("without-threes", "student, T = 20, no 3 in the transfer set", "206"),
        CORRECTED("corrected", "the same, bias of class 3 raised", "109");

        private final String folder;
        private final String description;
        private final String paper;

        Arm(String folder, String description, String paper) {
            this.folder = folder;
            this.description = description;
            this.paper = paper;
        }
    }

    private final Path work;
    private final DataSplits splits;
    private final List<String> notes = new ArrayList<>();

    private HintonTable(Path work, Path dataDir) {
        this.work = work;
        this.splits = DataCatalog.open(new DataSetSpec("mnist", dataDir, 0, 0, 1));
    }

    /** Prints the table. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: HintonTable WORK DATA_DIR");
            System.exit(2);
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new HintonTable(Path.of(arguments[0]), Path.of(arguments[1])).print(out);
    }

    private void print(PrintStream out) throws IOException {
        TreeMap<String, Path> seeds = new TreeMap<>();
        try (Stream<Path> folders = Files.list(work)) {
            folders.filter(folder -> folder.getFileName().toString().startsWith("seed-"))
                    .forEach(folder -> seeds.put(folder.getFileName().toString(), folder));
        }
        out.println("| run | " + String.join(" | ", seeds.keySet()) + " | mean ± std | paper |");
        out.println("|---|" + "---|".repeat(seeds.size() + 2));
        for (Arm arm : Arm.values()) {
            List<Double> errors = new ArrayList<>();
            StringBuilder cells = new StringBuilder();
            for (Path seed : seeds.values()) {
                JsonNode student = measured(arm, seed);
                if (student == null) {
                    cells.append(" – |");
                } else {
                    errors.add(student.get("errors").asDouble());
                    cells.append(' ').append(student.get("errors").asLong());
                    cells.append(threes(arm, student)).append(" |");
                }
            }
            out.println("| " + arm.description + " |" + cells + " " + Spread.of(errors, 1) + " | " + arm.paper + " |");
        }
        out.println();
        notes.forEach(out::println);
    }

    /** What the report, or for the corrected model a fresh evaluation, says of the reloaded file; null if not run. */
    private JsonNode measured(Arm arm, Path seed) throws IOException {
        if (arm != Arm.CORRECTED) {
            Path report = seed.resolve(arm.folder).resolve("report.json");
            return Files.exists(report) ? JSON.readTree(report.toFile()).get("student") : null;
        }
        Path model = seed.resolve(Arm.WITHOUT_THREES.folder).resolve("without-threes.onnx");
        if (!Files.exists(model)) {
            return null;
        }
        Path corrected = seed.resolve("corrected.onnx");
        double added = new BiasCorrection(splits, THREE).correct(model, corrected);
        Evaluation evaluation = new Evaluator(splits).evaluate(corrected);
        notes.add(String.format(
                Locale.ROOT,
                "%s: %.1f added to the bias of class 3, chosen on the training set.",
                seed.getFileName(),
                added));
        return JSON.valueToTree(evaluation);
    }

    private static String threes(Arm arm, JsonNode student) {
        boolean ofInterest = arm == Arm.WITHOUT_THREES || arm == Arm.CORRECTED;
        return ofInterest ? " (" + student.get("errorsByClass").get(THREE).asLong() + " on 3s)" : "";
    }
}

package io.reflux.benchmarks.quantization;

import io.reflux.benchmarks.measure.Spread;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Makes the table of the runs in a folder: {@code QuantizationTable WORK DATA_DIR}, where
 * {@code WORK/NETWORK/seed-N/VARIANT/report.json} are what {@code benchmarks/quantization/run} leaves. The files of the
 * first seed are timed here, all of a network in turns. Markdown goes to standard output.
 */
public final class QuantizationTable {

    /** The rows: folder of the variant, what it is. The first one's files are what the others are compared with. */
    private enum Variant {
        FLOAT("float", "floats"),
        FLOAT_MORE("float-more", "floats, trained on as long as those below"),
        PTQ_8("ptq-8", "after training, W8A8"),
        QAT_8("qat-8", "trained, W8A8"),
        QAT_8_TEACHER("qat-8-teacher", "trained, W8A8, live teacher"),
        PTQ_4("ptq-4", "after training, W4A8"),
        ADAROUND_4("adaround-4", "after training, W4A8, AdaRound"),
        QAT_4("qat-4", "trained, W4A8"),
        QAT_2("qat-2", "trained, W2A2"),
        MIXED("mixed", "mixed, 4 bits in the mean");

        private final String folder;
        private final String description;

        Variant(String folder, String description) {
            this.folder = folder;
            this.description = description;
        }

        boolean isFloat() {
            return this == FLOAT || this == FLOAT_MORE;
        }
    }

    private final Path dataDir;
    private final PrintStream out;

    private QuantizationTable(Path dataDir, PrintStream out) {
        this.dataDir = dataDir;
        this.out = out;
    }

    /** Prints the table. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: QuantizationTable WORK DATA_DIR");
            System.exit(2);
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println(
                "| network | variant | seeds | accuracy, % | against floats, points | loss, nats | bytes | of the floats'"
                        + " | agreement, % | ms, 1 | ms, 32 | times the floats' speed, 1 / 32 |");
        out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
        QuantizationTable table = new QuantizationTable(Path.of(arguments[1]), out);
        for (Path network : folders(Path.of(arguments[0]))) {
            table.print(network);
        }
    }

    private void print(Path network) throws IOException {
        List<Path> seeds = folders(network);
        List<List<ReportedRun>> rows = new ArrayList<>();
        for (Variant variant : Variant.values()) {
            rows.add(ReportedRun.of(seeds, variant.folder));
        }
        List<Path> timed = rows.stream()
                .filter(runs -> !runs.isEmpty())
                .map(runs -> runs.get(0).model())
                .toList();
        if (timed.isEmpty()) {
            return;
        }
        List<FileTimes.Times> times = new FileTimes(dataDir).measure(timed);
        int place = 0;
        for (Variant variant : Variant.values()) {
            List<ReportedRun> runs = rows.get(variant.ordinal());
            if (!runs.isEmpty()) {
                row(network, variant, runs, rows.get(0), times.get(place++), times.get(0));
            }
        }
    }

    private void row(
            Path network,
            Variant variant,
            List<ReportedRun> runs,
            List<ReportedRun> floats,
            FileTimes.Times own,
            FileTimes.Times first) {
        out.println("| " + network.getFileName() + " | " + variant.description + " | " + runs.size() + " | "
                + spread(runs, ReportedRun::accuracy, 2) + " | "
                + (variant == Variant.FLOAT ? "" : spread(runs, run -> run.accuracy() - accuracy(floats, run), 2))
                + " | "
                + spread(runs, ReportedRun::loss, 4) + " | "
                + String.format(Locale.ROOT, "%,d", runs.get(0).bytes()) + " | "
                + String.format(
                        Locale.ROOT,
                        "%.3f",
                        (double) runs.get(0).bytes() / floats.get(0).bytes()) + " | "
                + (variant.isFloat() ? "" : spread(runs, ReportedRun::agreement, 3)) + " | "
                + String.format(Locale.ROOT, "%.3f | %.2f | ", own.one(), own.many())
                + String.format(Locale.ROOT, "%.2f / %.2f |", first.one() / own.one(), first.many() / own.many()));
    }

    /** The accuracy of the floats of the same seed. */
    private static double accuracy(List<ReportedRun> floats, ReportedRun run) {
        return floats.stream()
                .filter(candidate -> candidate.seed().equals(run.seed()))
                .mapToDouble(ReportedRun::accuracy)
                .findFirst()
                .orElseThrow();
    }

    private static String spread(List<ReportedRun> runs, ToDoubleFunction<ReportedRun> value, int decimals) {
        return Spread.of(runs.stream().map(value::applyAsDouble).toList(), decimals);
    }

    private static List<Path> folders(Path parent) throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory).sorted().toList();
        }
    }
}

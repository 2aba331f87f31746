package io.reflux.app.quickstart;

import io.reflux.app.console.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the quick start ends with. Sizes and accuracies are those of files read from disk again, in ONNX Runtime.
 *
 * @param teacher the wide network
 * @param alone the small network without a teacher
 * @param distilled the small network with one
 * @param teacherMetrics address of the teacher's metrics
 * @param studentMetrics address of the distilled student's metrics
 * @param folder where models, reports and recipes are
 * @param seconds time of the whole
 */
record QuickstartResult(
        Row teacher,
        Row alone,
        Row distilled,
        String teacherMetrics,
        String studentMetrics,
        String folder,
        double seconds) {
    /**
     * A model.
     *
     * @param name what it is
     * @param file its path
     * @param bytes its size on disk
     * @param compressionRatio teacher's bytes over its own
     * @param accuracy on the test set, in [0, 1]
     * @param agreement share of the test set on which it agrees with the teacher, in [0, 1]
     * @param samplesPerSecond samples trained on a second
     * @param waitingShare share of the training time spent waiting for soft labels, in [0, 1]; null without a teacher
     */
    record Row(
            String name,
            String file,
            long bytes,
            double compressionRatio,
            double accuracy,
            double agreement,
            double samplesPerSecond,
            @Nullable Double waitingShare) {}

    /** The table and what it says. */
    List<String> lines() {
        TextTable table = new TextTable(
                "measured on reloaded files",
                "bytes on disk",
                "ratio",
                "accuracy",
                "agreement",
                "samples/s",
                "waiting");
        List.of(teacher, alone, distilled).forEach(row -> add(table, row));
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        lines.add(text(
                "The distilled student is %.1f times smaller than its teacher, loses %.2f points to it,",
                distilled.compressionRatio(), 100 * (teacher.accuracy() - distilled.accuracy())));
        double gain = 100 * (distilled.accuracy() - alone.accuracy());
        lines.add(text(
                "and is %.2f points %s the same student, trained alone on the same samples.",
                Math.abs(gain), gain >= 0 ? "ahead of" : "behind"));
        lines.add("");
        lines.add("models, reports, recipes      " + folder);
        lines.add("metrics of the teacher        " + teacherMetrics);
        lines.add("metrics while the student ran " + studentMetrics);
        lines.add("                              (both end with this command; --keep-serving leaves the teacher up)");
        lines.add(text("total time                    %.0f s", seconds));
        return lines;
    }

    private static void add(TextTable table, Row row) {
        table.row(
                row.name(),
                text("%,d", row.bytes()),
                text("%.1f", row.compressionRatio()),
                percent(row.accuracy()),
                percent(row.agreement()),
                text("%,.0f", row.samplesPerSecond()),
                row.waitingShare() == null ? "-" : percent(row.waitingShare()));
    }

    private static String percent(double share) {
        return text("%.2f %%", 100 * share);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}

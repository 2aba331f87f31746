package io.reflux.student.report;

import io.reflux.quantization.fidelity.Fidelity;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A report as a table of text, for people. */
public final class ReportTable {
    private static final String ROW = "%-26s %18s %18s%n";

    private ReportTable() {}

    /** Returns the table, with a line break after its last row. */
    public static String of(CompressionReport report) {
        Evaluation teacher = report.teacher();
        boolean taught = teacher != null || report.teacherFault() != null;
        String absent = taught ? "n/a" : "";
        StringBuilder table = new StringBuilder();
        row(table, report.name() + " on " + report.dataSet(), taught ? "teacher" : "", "student");
        row(table, "bytes on disk", taught ? count(report.teacherBytes()) : "", count(report.studentBytes()));
        if (report.languageModel()) {
            row(
                    table,
                    "loss a token, reloaded",
                    teacher == null ? absent : nats(teacher.loss()),
                    nats(report.student().loss()));
            row(
                    table,
                    "perplexity, reloaded",
                    teacher == null ? absent : nats(teacher.perplexity()),
                    nats(report.student().perplexity()));
        }
        row(
                table,
                "accuracy, reloaded",
                teacher == null ? absent : percent(teacher.accuracy()),
                percent(report.student().accuracy()));
        row(
                table,
                "errors of " + count(report.student().samples()),
                teacher == null ? absent : count(teacher.errors()),
                count(report.student().errors()));
        Double ratio = report.compressionRatio();
        row(table, "compression ratio", "", ratio == null ? "n/a" : String.format(Locale.ROOT, "%.1f", ratio));
        Double agreement = report.agreement();
        row(table, "agreement with teacher", "", agreement == null ? "n/a" : percent(agreement));
        Fidelity fidelity = report.fidelity();
        if (fidelity != null) {
            row(table, "agreement with its training", "", percent(fidelity.agreement()));
        }
        row(table, "samples/s", "", String.format(Locale.ROOT, "%,.0f", report.samplesPerSecond()));
        row(table, "waiting for teacher", "", taught ? percent(report.waitingShare()) : "n/a");
        row(
                table,
                report.ledger().exactlyOnce() ? "batches, each once" : "batches, not each once",
                "",
                count(report.ledger().batches()));
        int models = report.ledger().models().size();
        if (models > 1) {
            row(table, "teacher models used", "", count((long) models));
        }
        row(table, "training time, s", "", String.format(Locale.ROOT, "%.1f", report.trainingSeconds()));
        return table.toString();
    }

    private static void row(StringBuilder table, String what, String teacher, String student) {
        table.append(String.format(Locale.ROOT, ROW, what, teacher, student));
    }

    private static String nats(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    private static String count(@Nullable Long number) {
        return number == null ? "n/a" : String.format(Locale.ROOT, "%,d", number);
    }
}

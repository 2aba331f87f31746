package io.reflux.student.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.student.hook.EpochRecord;
import io.reflux.student.ledger.LedgerSummary;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ReportTableTest {
    private static final EpochRecord EPOCH =
            new EpochRecord(0, 0, 1, 0.5, 0.5, 0.9, 0.95, 0.96, 0.2, 0.1, 6000, 2.0, 0.5);

    private static CompressionReport report(@Nullable Evaluation teacher, @Nullable Long teacherBytes) {
        return report(teacher, teacherBytes, null);
    }

    private static CompressionReport report(
            @Nullable Evaluation teacher, @Nullable Long teacherBytes, @Nullable String fault) {
        RunFacts facts =
                new RunFacts(List.of(EPOCH, EPOCH), 1000, 1, new LedgerSummary(94, true, "00", List.of()), null, 5);
        return new CompressionReport(
                "tiny",
                "00",
                "mnist",
                false,
                new Evaluation("11", 10_000, 80, 0.992, 0.03, List.of(80L)),
                "tiny.onnx",
                100_000,
                teacher,
                teacherBytes,
                fault,
                teacher == null ? null : 0.995,
                teacherBytes == null ? null : 12.34,
                facts.samplesPerSecond(),
                facts.waitingShare(),
                facts.labelBytes(),
                facts.reconnects(),
                facts.ledger(),
                facts.fidelity(),
                facts.trainingSeconds(),
                facts.totalSeconds(),
                1,
                1,
                "cpu",
                facts.history());
    }

    @Test
    void of_withTeacher_comparesBoth() {
        // 12000 samples in 4 s, of which 1 s was waited for.
        assertThat(ReportTable.of(report(new Evaluation("22", 10_000, 67, 0.9933, 0.02, List.of(67L)), 1_234_000L))
                        .lines()
                        .map(line -> line.replaceAll(" {2,}", "|")))
                .containsExactly(
                        "tiny on mnist|teacher|student",
                        "bytes on disk|1,234,000|100,000",
                        "accuracy, reloaded|99.33 %|99.20 %",
                        "errors of 10,000|67|80",
                        "compression ratio|12.3",
                        "agreement with teacher|99.50 %",
                        "samples/s|3,000",
                        "waiting for teacher|25.00 %",
                        "batches, each once|94",
                        "training time, s|4.0");
    }

    @Test
    void of_withoutTeacher_leavesItsColumnEmpty() {
        assertThat(ReportTable.of(report(null, null)).lines().map(line -> line.replaceAll(" {2,}", "|")))
                .contains("bytes on disk|100,000", "compression ratio|n/a", "waiting for teacher|n/a");
    }

    @Test
    void of_withATeacherThatCouldNotBeMeasured_saysSoInItsColumn() {
        assertThat(ReportTable.of(report(null, 1_234_000L, "gone")).lines().map(line -> line.replaceAll(" {2,}", "|")))
                .startsWith(
                        "tiny on mnist|teacher|student",
                        "bytes on disk|1,234,000|100,000",
                        "accuracy, reloaded|n/a|99.20 %",
                        "errors of 10,000|n/a|80",
                        "compression ratio|12.3",
                        "agreement with teacher|n/a",
                        "samples/s|3,000",
                        "waiting for teacher|25.00 %");
    }

    @Test
    void json_anyReport_hasItsNumbers() {
        assertThat(ReportFile.json(report(null, null)))
                .contains("\"errors\" : 80", "\"studentBytes\" : 100000", "\"teacherBytes\" : null");
    }
}

package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A teacher and a student killed in mid-run; {@code benchmarks/kill-nine} does so at length. */
final class KillNineTest {
    private static final long PATIENCE_SECONDS = 120;

    private static final String RECIPE = """
            name: student
            data: {set: glyphs, trainSamples: 1024, validationSamples: 0}
            student: {zoo: mlp, hidden: [8]}
            teacher: {addressFile: '%s'}
            stages:
              - distil: {epochs: %d, batchSize: 32, augmentation: {maxShift: 1}}
            export: {checkpointEveryEpochs: 0, checkpointEverySteps: 10}
            """;

    @TempDir
    private Path folder;

    private Path model;
    private Path addresses;
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void writeTeacher() {
        model = folder.resolve("teacher.onnx");
        addresses = folder.resolve("teachers");
        GlyphsModel.write(model, 32);
    }

    @AfterEach
    void endAll() {
        processes.forEach(Process::destroyForcibly);
    }

    private static void until(BooleanSupplier condition, String what) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** Starts a teacher at a free port and makes it the only one that the student knows. */
    private Process teacher(String name) throws Exception {
        Path ready = folder.resolve(name + ".json");
        Process teacher = JavaProcess.of(
                "teacher",
                "--model",
                model,
                "--data",
                "glyphs",
                "--port",
                0,
                "--metrics-port",
                0,
                "--deterministic",
                "--ready-file",
                ready);
        processes.add(teacher);
        until(() -> Files.exists(ready), "teacher is ready");
        Path beside = folder.resolve("teachers.part");
        Files.writeString(
                beside, new ObjectMapper().readTree(ready.toFile()).path("grpc").asText() + "\n");
        Files.move(beside, addresses, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return teacher;
    }

    private Process student(Path recipe, Path output) throws Exception {
        Process student = JavaProcess.of("train", recipe, "--output", output, "--resume");
        processes.add(student);
        return student;
    }

    private static void kill(Process process) throws Exception {
        // SIGKILL: neither gets to say good-bye.
        process.destroyForcibly();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void teacherAndStudent_killedInMidRun_endWithTheBytesAndTheLedgerOfAnUndisturbedRun() throws Exception {
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE.formatted(addresses, 12));
        Path undisturbed = folder.resolve("undisturbed");
        Process first = teacher("first");
        Process whole = student(recipe, undisturbed);
        assertThat(whole.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(whole.exitValue()).isZero();

        Path killed = folder.resolve("killed");
        Process student = student(recipe, killed);
        until(() -> Files.exists(killed.resolve("checkpoint.reflux")), "a first checkpoint");
        kill(first);
        teacher("second");
        kill(student);
        assertThat(killed.resolve("student.onnx")).doesNotExist();
        Process resumed = student(recipe, killed);
        assertThat(resumed.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(resumed.exitValue()).isZero();

        assertThat(killed.resolve("student.onnx")).hasSameBinaryContentAs(undisturbed.resolve("student.onnx"));
        assertThat(killed.resolve("ledger.csv")).hasSameBinaryContentAs(undisturbed.resolve("ledger.csv"));
        assertThat(killed.resolve("report.json"))
                .content()
                .contains("\"exactlyOnce\" : true")
                // 12 epochs of 1024 / 32.
                .contains("\"batches\" : 384");
    }
}

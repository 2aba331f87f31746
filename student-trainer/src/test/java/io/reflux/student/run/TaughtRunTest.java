package io.reflux.student.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.data.ImageDataSet;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.progress.TerminalStyle;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.remote.FakeTeacher;
import io.reflux.student.report.CompressionReport;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs with teachers, from files and over gRPC, also with such that go away. */
final class TaughtRunTest {
    @TempDir
    private Path folder;

    private Recipe recipe(String text, String name) {
        return TinyRecipe.read(text, folder, name);
    }

    @Test
    void run_distilledFromAFile_reportsAgainstIt() {
        Path teacher = StudentRun.run(recipe(TinyRecipe.TRAIN.replace("[16]", "[64]"), "teacher"), RunOptions.QUIET)
                .model();
        String distil = TinyRecipe.TRAIN
                .replace("- train:", "- distil:")
                .replace("stages:", "teacher: {onnx: %s}\nstages:".formatted(teacher));

        CompressionReport report =
                StudentRun.run(recipe(distil, "student"), RunOptions.QUIET).report();

        assertThat(report.teacher()).isNotNull();
        assertThat(report.compressionRatio()).isBetween(3.5, 4.5);
        assertThat(report.agreement()).isGreaterThan(0.3);
        assertThat(report.history())
                .allSatisfy(epoch -> assertThat(epoch.agreement()).isNotNull());
    }

    @Test
    void run_teacherCutOffAndRestartedInMidRun_endsWithTheBytesOfAnUnbrokenRun() throws Exception {
        Path file = StudentRun.run(recipe(TinyRecipe.TRAIN.replace("[16]", "[64]"), "teacher"), RunOptions.QUIET)
                .model();
        String distil = TinyRecipe.TRAIN.replace("- train:", "- distil:");
        Recipe local = recipe(distil.replace("stages:", "teacher: {onnx: %s}\nstages:".formatted(file)), "local");
        byte[] unbroken =
                Files.readAllBytes(StudentRun.run(local, RunOptions.QUIET).model());

        ImageDataSet set = DataCatalog.open(new DataSetSpec("glyphs", null, 300, 100, 1))
                .training()
                .images();
        Vertx vertx = Vertx.vertx();
        FakeTeacher teacher = new FakeTeacher(vertx, set, ModelGraph.read(file));
        try {
            teacher.start();
            Recipe remote = recipe(
                    distil.replace(
                            "stages:",
                            "teacher: {address: \"127.0.0.1:%d\", file: %s}\nstages:".formatted(teacher.port(), file)),
                    "remote");
            AtomicInteger steps = new AtomicInteger();
            RunResult result = StudentRun.run(remote, RunOptions.QUIET.withStop(() -> {
                int step = steps.incrementAndGet();
                if (step == 5) {
                    teacher.cutAfter.set(1);
                } else if (step == 12) {
                    restart(teacher);
                }
                return false;
            }));

            assertThat(Files.readAllBytes(result.model())).isEqualTo(unbroken);
            assertThat(result.report().reconnects()).isPositive();
            assertThat(result.report().labelBytes()).isPositive();
            assertThat(result.report().teacher()).isNotNull();
            assertThat(result.report().compressionRatio()).isBetween(3.5, 4.5);
        } finally {
            teacher.close();
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }

    /** What was trained is not lost with a teacher that would only be compared with. */
    @ParameterizedTest
    @CsvSource({"addressFile, teachers.txt:1: ??? (expected: host:port)", "address, not reached in 6 attempts"})
    void run_teacherGoneBehindTheLastStep_endsWithItsReport(String key, String fault) throws Exception {
        ImageDataSet set = DataCatalog.open(new DataSetSpec("glyphs", null, 300, 0, 1))
                .training()
                .images();
        Vertx vertx = Vertx.vertx();
        FakeTeacher teacher =
                new FakeTeacher(vertx, set, Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(8)));
        try {
            teacher.start();
            String address = "127.0.0.1:" + teacher.port();
            Path list = Files.writeString(folder.resolve("teachers.txt"), address);
            Recipe recipe = recipe("""
                    name: tiny
                    data: {set: glyphs, trainSamples: 300, validationSamples: 0}
                    student: {zoo: mlp, hidden: [8]}
                    teacher: {%s: "%s"}
                    stages: [{distil: {epochs: 1, batchSize: 50}}]
                    """.formatted(key, key.equals("address") ? address : list), "alone");
            Told told = new Told("epoch 1/1", () -> {
                Files.writeString(list, "???");
                teacher.kill();
            });
            RunResult result = StudentRun.run(
                    recipe,
                    RunOptions.QUIET.withProgress(
                            new PrintStream(told, true, StandardCharsets.UTF_8), TerminalStyle.PLAIN));

            assertThat(result.report().teacher()).isNull();
            assertThat(result.report().agreement()).isNull();
            assertThat(result.report().ledger().batches()).isEqualTo(6);
            assertThat(result.report().teacherFault()).contains(fault);
            assertThat(told.toString(StandardCharsets.UTF_8).lines())
                    .containsOnlyOnce("the report is without its teacher: "
                            + result.report().teacherFault());
            assertThat(result.model()).isNotEmptyFile();
            assertThat(result.reportFile()).content().contains("\"teacherFault\" : \"");
        } finally {
            teacher.close();
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }

    private interface ThrowingAction {
        void run() throws Exception;
    }

    /** Keeps what is written, and does something when a text is in it for the first time. */
    private static final class Told extends ByteArrayOutputStream {
        private final String text;
        private final ThrowingAction then;
        private boolean done;

        Told(String text, ThrowingAction then) {
            this.text = text;
            this.then = then;
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, length);
            if (!done && toString(StandardCharsets.UTF_8).contains(text)) {
                done = true;
                try {
                    then.run();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static void restart(FakeTeacher teacher) {
        try {
            teacher.kill();
            teacher.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void run_storedLabels_endsWithTheBytesOfLiveOnes() throws IOException {
        Path file = StudentRun.run(recipe(TinyRecipe.TRAIN.replace("[16]", "[64]"), "teacher"), RunOptions.QUIET)
                .model();
        String distil = TinyRecipe.TRAIN.replace("- train:", "- distil:").replace("maxShift: 1", "maxShift: 0");
        String live = distil.replace("stages:", "teacher: {onnx: %s}\nstages:".formatted(file));
        String stored = distil.replace("stages:", "teacher: {onnx: %s, stored: true}\nstages:".formatted(file));

        CompressionReport a =
                StudentRun.run(recipe(live, "live"), RunOptions.QUIET).report();
        CompressionReport b =
                StudentRun.run(recipe(stored, "stored"), RunOptions.QUIET).report();

        // Logits of rows in batches of other sizes may differ in their last bits, so not bytes but errors are compared.
        assertThat(Math.abs(a.student().errors() - b.student().errors()))
                .isLessThanOrEqualTo(a.student().samples() / 100);
    }

    @Test
    void run_severalTeachers_areAllInTheLedger() throws IOException {
        for (int seed = 1; seed <= 2; seed++) {
            Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(8).withSeed(seed))
                    .withMetadata(Map.of("reflux.data", "glyphs"))
                    .write(folder.resolve("teacher-" + seed + ".onnx"));
        }
        String text = """
                name: averaged
                data: {set: glyphs, trainSamples: 128, validationSamples: 0}
                student: {zoo: mlp, hidden: [8]}
                teachers:
                  - {onnx: '%s', weight: 2}
                  - {onnx: '%s', temperature: 2}
                stages: [{distil: {epochs: 1, batchSize: 32}}]
                """.formatted(folder.resolve("teacher-1.onnx"), folder.resolve("teacher-2.onnx"));

        CompressionReport report =
                StudentRun.run(recipe(text, "averaged"), RunOptions.QUIET).report();

        assertThat(report.ledger().exactlyOnce()).isTrue();
        assertThat(report.ledger().models()).singleElement().satisfies(model -> {
            assertThat(model.digest()).matches("[0-9a-f]{64}\\+[0-9a-f]{64}");
            assertThat(model.batches()).isEqualTo(4);
        });
        assertThat(report.teacher()).isNotNull();
    }
}

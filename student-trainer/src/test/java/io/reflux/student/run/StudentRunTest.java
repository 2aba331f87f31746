package io.reflux.student.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.ImageDataSet;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.progress.TerminalStyle;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.remote.FakeTeacher;
import io.reflux.student.report.CompressionReport;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StudentRunTest {
    private static final String TRAIN = """
            name: tiny
            data: {set: glyphs, trainSamples: 300, validationSamples: 100}
            student: {zoo: mlp, hidden: [16], dropout: 0.2}
            stages:
              - train:
                  epochs: 3
                  batchSize: 50
                  learningRate: {initial: 0.05}
                  augmentation: {maxShift: 1}
              - train:
                  epochs: 2
                  batchSize: 64
                  optimizer: {type: adamw}
                  learningRate: {initial: 0.001, schedule: constant}
            """;

    @TempDir
    private Path folder;

    private Recipe recipe(String text, String name) {
        return RecipeReader.parse(text, "recipe.yaml")
                .withExportFolder(folder.resolve(name).toString());
    }

    @Test
    void run_hardLabels_leavesAFileThatKnowsMoreThanChance() throws IOException {
        RunResult result = StudentRun.run(recipe(TRAIN, "plain"), RunOptions.QUIET);

        CompressionReport report = result.report();
        assertThat(report.student().accuracy()).isGreaterThan(0.3);
        assertThat(report.studentBytes()).isEqualTo(Files.size(result.model()));
        assertThat(report.history()).hasSize(5);
        assertThat(report.teacher()).isNull();
        assertThat(report.compressionRatio()).isNull();
        assertThat(result.reportFile()).content().contains("\"recipeDigest\"");
    }

    @Test
    void run_stoppedAnywhereAndResumed_endsWithTheSameBytes() throws IOException {
        RunResult undisturbed = StudentRun.run(recipe(TRAIN, "unbroken"), RunOptions.QUIET);
        byte[] unbroken = Files.readAllBytes(undisturbed.model());

        Recipe broken = recipe(TRAIN, "broken");
        AtomicInteger steps = new AtomicInteger();
        // 6 steps an epoch: 10 is in mid-epoch, 18 + 3 in the second stage.
        for (int last : new int[] {10, 21}) {
            RunOptions stopping =
                    RunOptions.QUIET.withResume(steps.get() > 0).withStop(() -> steps.incrementAndGet() > last);
            assertThatThrownBy(() -> StudentRun.run(broken, stopping))
                    .isInstanceOfSatisfying(
                            TrainingFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.INTERRUPTED));
        }
        RunResult resumed = StudentRun.run(broken, RunOptions.QUIET.withResume(true));

        assertThat(Files.readAllBytes(resumed.model())).isEqualTo(unbroken);
        assertThat(resumed.report().history()).hasSize(5);
        assertThat(resumed.ledgerFile()).hasSameTextualContentAs(undisturbed.ledgerFile());
        // 3 epochs of 6 steps, 2 of 5.
        assertThat(resumed.report().ledger().batches()).isEqualTo(28);
        assertThat(resumed.report().ledger().exactlyOnce()).isTrue();
    }

    @Test
    void run_everyOptionStoppedAndResumed_endsWithTheSameBytes() throws IOException {
        String text = """
                name: tiny
                data: {set: glyphs, trainSamples: 300, validationSamples: 100}
                student: {zoo: lenet-5, freeze: ["*bias"]}
                precision: fp16
                stages:
                  - train:
                      epochs: 3
                      batchSize: 50
                      clipNorm: 1
                      accumulate: 4
                      ema: 0.9
                      optimizer: {type: lamb, noWeightDecay: ["fc*"]}
                      learningRate: {initial: 0.01, schedule: one-cycle}
                """;
        byte[] unbroken = Files.readAllBytes(
                StudentRun.run(recipe(text, "unbroken"), RunOptions.QUIET).model());

        Recipe broken = recipe(text, "broken");
        AtomicInteger steps = new AtomicInteger();
        // Nine batches: in mid-epoch, and one batch into an update.
        assertThatThrownBy(() -> StudentRun.run(broken, RunOptions.QUIET.withStop(() -> steps.incrementAndGet() > 9)))
                .isInstanceOf(TrainingFailure.class);
        RunResult resumed = StudentRun.run(broken, RunOptions.QUIET.withResume(true));

        assertThat(Files.readAllBytes(resumed.model())).isEqualTo(unbroken);
    }

    @Test
    void run_freezePatternWithoutMatch_namesTheNearest() {
        Recipe recipe = recipe(TRAIN.replace("dropout: 0.2", "dropout: 0.2, freeze: [\"fc9.*\"]"), "x");

        assertThatThrownBy(() -> StudentRun.run(recipe, RunOptions.QUIET))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith(
                        "freeze: fc9.* (expected: the name of a parameter, * for any characters; nearest: fc");
    }

    @Test
    void run_freshWeightsOfAFile_areThoseOfTheSeed() throws IOException {
        Path trained =
                StudentRun.run(recipe(TRAIN, "trained"), RunOptions.QUIET).model();
        String again = TRAIN.replaceFirst("student: .*", "student: {onnx: %s, weights: %s}".formatted(trained, "%s"));
        byte[] fresh = Files.readAllBytes(StudentRun.run(recipe(again.formatted("fresh"), "fresh"), RunOptions.QUIET)
                .model());
        byte[] kept = Files.readAllBytes(StudentRun.run(recipe(again.formatted("keep"), "kept"), RunOptions.QUIET)
                .model());

        assertThat(fresh).isNotEqualTo(kept);
        assertThat(fresh)
                .isEqualTo(
                        Files.readAllBytes(StudentRun.run(recipe(again.formatted("fresh"), "other"), RunOptions.QUIET)
                                .model()));
    }

    /** PyTorch exports what is to be trained so. */
    @Test
    void run_fileInTrainingMode_leavesOneThatEvaluates() {
        String text = TRAIN.replace("hidden: [16]", "hidden: [16], batchNorm: true");
        ModelGraph graph = ModelGraph.read(
                StudentRun.run(recipe(text, "first"), RunOptions.QUIET).model());
        List<GraphNode> training = graph.nodes().stream()
                .map(node -> !node.operator().equals("BatchNormalization")
                        ? node
                        : new GraphNode(
                                node.name(),
                                node.operator(),
                                node.domain(),
                                node.inputs(),
                                List.of(node.output(0), "moved", "spread"),
                                node.attributes().withInt("training_mode", 1)))
                .toList();
        Path file = folder.resolve("training.onnx");
        graph.toBuilder().replaceNodes(training).build().write(file);

        String again = TRAIN.replaceFirst("student: .*", "student: {onnx: %s}".formatted(file));
        ModelGraph trained = ModelGraph.read(
                StudentRun.run(recipe(again, "again"), RunOptions.QUIET).model());

        assertThat(trained.nodes())
                .filteredOn(node -> node.operator().equals("BatchNormalization"))
                .isNotEmpty()
                .allSatisfy(norm -> {
                    assertThat(norm.outputs()).hasSize(1);
                    assertThat(norm.attributes().getInt("training_mode", 0)).isZero();
                });
    }

    @Test
    void run_distilledFromAFile_reportsAgainstIt() {
        Path teacher = StudentRun.run(recipe(TRAIN.replace("[16]", "[64]"), "teacher"), RunOptions.QUIET)
                .model();
        String distil = TRAIN.replace("- train:", "- distil:")
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
        Path file = StudentRun.run(recipe(TRAIN.replace("[16]", "[64]"), "teacher"), RunOptions.QUIET)
                .model();
        String distil = TRAIN.replace("- train:", "- distil:");
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
        Path file = StudentRun.run(recipe(TRAIN.replace("[16]", "[64]"), "teacher"), RunOptions.QUIET)
                .model();
        String distil = TRAIN.replace("- train:", "- distil:").replace("maxShift: 1", "maxShift: 0");
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
    void run_resumedWithAnotherRecipe_isRefused() {
        Recipe first = recipe(TRAIN, "first");
        StudentRun.run(first, RunOptions.QUIET);

        requireFailure(
                recipe(TRAIN.replace("epochs: 3", "epochs: 4"), "first"),
                RunOptions.QUIET.withResume(true),
                TrainingFailure.Code.CHECKPOINT,
                "checkpoint %s: of another recipe (expected: the same data, student, stages and seed)"
                        .formatted(folder.resolve("first/checkpoint.reflux")));
    }

    @Test
    void run_resumedFromADamagedCheckpoint_isRefused() throws IOException {
        Recipe recipe = recipe(TRAIN, "damaged");
        StudentRun.run(recipe, RunOptions.QUIET);
        Path checkpoint = folder.resolve("damaged/checkpoint.reflux");
        Files.write(checkpoint, Arrays.copyOf(Files.readAllBytes(checkpoint), 5000));

        requireFailure(
                recipe,
                RunOptions.QUIET.withResume(true),
                TrainingFailure.Code.CHECKPOINT,
                "checkpoint %s: truncated or corrupt (expected: its SHA-256 at the end)".formatted(checkpoint));
    }

    @Test
    void run_resumedWithoutACheckpoint_beginsAnew() {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        RunOptions options = RunOptions.QUIET
                .withResume(true)
                .withProgress(new PrintStream(told, true, StandardCharsets.UTF_8), TerminalStyle.PLAIN);

        assertThat(StudentRun.run(recipe(TRAIN, "new"), options).report().history())
                .hasSize(5);
        assertThat(told.toString(StandardCharsets.UTF_8).lines())
                .containsOnlyOnce("checkpoint %s: absent; the run begins anew"
                        .formatted(folder.resolve("new/checkpoint.reflux")));
    }

    @Test
    void run_folderThatIsAFile_isRefusedBeforeTraining() throws IOException {
        Files.writeString(folder.resolve("taken"), "");

        requireFailure(
                recipe(TRAIN, "taken"),
                RunOptions.QUIET,
                TrainingFailure.Code.RESOURCE,
                "export.folder: %s (expected: a folder to write to)".formatted(folder.resolve("taken")));
    }

    @Test
    void run_unknownDataSet_namesTheNearest() {
        requireFailure(
                recipe(TRAIN.replace("set: glyphs", "set: glyps"), "x"),
                RunOptions.QUIET,
                TrainingFailure.Code.RECIPE,
                "data: data set: glyps (expected: one of " + String.join(", ", DataCatalog.names())
                        + "; did you mean glyphs?)");
    }

    @Test
    void run_studentFileWithOtherClasses_isRefused() {
        Path onnx = folder.resolve("seven.onnx");
        Zoo.build(ZooSpec.of("mlp").withHidden(4).withNumClasses(7)).write(onnx);

        requireFailure(
                recipe(TRAIN.replaceFirst("student: .*", "student: {onnx: %s}".formatted(onnx)), "x"),
                RunOptions.QUIET,
                TrainingFailure.Code.MISMATCH,
                "%s: 7 classes (expected: 10, as in data set glyphs)".formatted(onnx));
    }

    @Test
    void run_teacherFileWithOtherInput_isRefused() {
        Path onnx = folder.resolve("wide.onnx");
        Zoo.build(ZooSpec.of("mlp").withHidden(4).withInputShape(List.of(1, 32, 32)))
                .write(onnx);
        String distil = TRAIN.replace("- train:", "- distil:")
                .replace("stages:", "teacher: {onnx: %s}\nstages:".formatted(onnx));

        requireFailure(
                recipe(distil, "x"),
                RunOptions.QUIET,
                TrainingFailure.Code.MISMATCH,
                "teacher %s: input FLOAT of shape [1, 32, 32] (expected: FLOAT of 784 elements, as in data set glyphs, 1x28x28)"
                        .formatted(onnx));
    }

    @Test
    void run_absentTeacherFile_isOneLine() {
        String distil =
                TRAIN.replace("- train:", "- distil:").replace("stages:", "teacher: {onnx: none.onnx}\nstages:");

        requireFailure(
                recipe(distil, "x"),
                RunOptions.QUIET,
                TrainingFailure.Code.RESOURCE,
                "teacher none.onnx: absent (expected: a model file)");
        // A run that failed before it left anything leaves no folder either, but keeps one that was there.
        assertThat(folder.resolve("x")).doesNotExist();
        assertThat(folder.resolve("kept").toFile().mkdir()).isTrue();
        assertThatThrownBy(() -> StudentRun.run(recipe(distil, "kept"), RunOptions.QUIET))
                .isInstanceOf(TrainingFailure.class);
        assertThat(folder.resolve("kept")).isEmptyDirectory();
    }

    @Test
    void run_lossThatExplodes_saysWhereAndWhatMayHelp() {
        requireFailure(
                recipe(TRAIN.replace("initial: 0.05", "initial: 1.0e+30"), "x"),
                RunOptions.QUIET,
                TrainingFailure.Code.DIVERGED,
                null);
    }

    private static void requireFailure(
            Recipe recipe, RunOptions options, TrainingFailure.Code code, @Nullable String message) {
        assertThatThrownBy(() -> StudentRun.run(recipe, options))
                .isInstanceOfSatisfying(TrainingFailure.class, failure -> {
                    assertThat(failure.code()).isEqualTo(code);
                    assertThat(failure.getMessage()).doesNotContain("\n");
                    if (message != null) {
                        assertThat(failure).hasMessage(message);
                    }
                });
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

package io.reflux.student.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.DataSet;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.step.TrainState;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.checkpoint.Checkpoint;
import io.reflux.student.checkpoint.CheckpointFile;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 300 samples in batches of 50: 6 steps an epoch. */
final class ExportRunTest {
    private static final String HEAD = """
            name: tiny
            data: {set: glyphs, trainSamples: 300, validationSamples: 0}
            student: {zoo: mlp, hidden: [8], batchNorm: true, dropout: 0.1}
            """;

    private static final String TRAIN =
            "  - train: {epochs: %d, batchSize: 50, learningRate: {initial: 0.05, schedule: constant}}\n";

    private static final String QUANTIZE = "  - quantize: {calibrationSamples: 64, scales: learned}\n";

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private static String train(int epochs) {
        return TRAIN.formatted(epochs);
    }

    private Recipe recipe(String name, String stages) {
        return RecipeReader.parse(HEAD + "stages:\n" + stages, "recipe.yaml")
                .withExportFolder(folder.resolve(name).toString());
    }

    private RunResult export(Recipe recipe, boolean unfinished) {
        RunOptions telling =
                RunOptions.QUIET.withProgress(new PrintStream(told, true, StandardCharsets.UTF_8), TerminalStyle.PLAIN);
        return ExportRun.run(recipe, telling, unfinished);
    }

    private static void stop(Recipe recipe, int steps) {
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(
                        () -> StudentRun.run(recipe, RunOptions.QUIET.withStop(() -> asked.incrementAndGet() > steps)))
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.INTERRUPTED));
    }

    private Path checkpoint(String name) {
        return folder.resolve(name).resolve("checkpoint.reflux");
    }

    private void assertRefused(Recipe recipe, TrainingFailure.Code code, String message) {
        assertThatThrownBy(() -> export(recipe, false))
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                QUANTIZE,
                "  - quantize: {calibrationSamples: 64, weightBits: 4}\n  - quantize: {norms: frozen}\n",
                "  - train: {epochs: 1, batchSize: 50, accumulate: 4, ema: 0.9, optimizer: {type: lamb}}\n",
                QUANTIZE + "  - train: {epochs: 1, batchSize: 50, learningRate: {initial: 0.001}}\n",
                "  - quantize: {calibrationSamples: 64, scales: pact}\n"
                        + "  - train: {epochs: 1, batchSize: 50, learningRate: {initial: 0.001}}\n" + QUANTIZE
            })
    void export_ofAFinishedRun_leavesTheSameBytes(String behind) throws IOException {
        Recipe recipe = recipe("run", train(2) + behind);
        RunResult trained = StudentRun.run(recipe, RunOptions.QUIET);
        byte[] model = Files.readAllBytes(trained.model());
        byte[] ledger = Files.readAllBytes(trained.ledgerFile());
        byte[] checkpoint = Files.readAllBytes(checkpoint("run"));
        String[] files = folder.resolve("run").toFile().list();
        Files.delete(trained.model());
        Files.delete(trained.reportFile());

        RunResult exported = export(recipe, false);

        assertThat(Files.readAllBytes(exported.model())).isEqualTo(model);
        assertThat(Files.readAllBytes(exported.ledgerFile())).isEqualTo(ledger);
        assertThat(Files.readAllBytes(checkpoint("run"))).isEqualTo(checkpoint);
        assertThat(folder.resolve("run").toFile().list()).containsExactlyInAnyOrder(files);
        CompressionReport report = exported.report();
        assertThat(report.student()).isEqualTo(trained.report().student());
        assertThat(report.fidelity()).isEqualTo(trained.report().fidelity());
        assertThat(report.history()).isEqualTo(trained.report().history());
    }

    /** Three epochs, a checkpoint every two: there is one at the end all the same, but none where none is wanted. */
    @Test
    void export_ofARunWithFewCheckpoints_leavesTheSameBytes() throws IOException {
        String seldom = "export: {checkpointEveryEpochs: 2}\n" + HEAD + "stages:\n" + train(3);
        String folderOfRun = folder.resolve("seldom").toString();
        Recipe recipe = RecipeReader.parse(seldom, "recipe.yaml").withExportFolder(folderOfRun);
        byte[] trained =
                Files.readAllBytes(StudentRun.run(recipe, RunOptions.QUIET).model());
        assertThat(Files.readAllBytes(export(recipe, false).model())).isEqualTo(trained);

        Files.delete(checkpoint("seldom"));
        Recipe without = RecipeReader.parse(seldom.replace("Epochs: 2", "Epochs: 0"), "recipe.yaml")
                .withExportFolder(folderOfRun);
        StudentRun.run(without, RunOptions.QUIET);
        assertThat(checkpoint("seldom")).doesNotExist();
    }

    @Test
    void export_ofFrozenWeights_leavesTheSameBytes() throws IOException {
        String text = HEAD.replace("dropout: 0.1", "freeze: [\"*bias\"]") + "precision: fp16\nstages:\n" + train(1);
        Recipe recipe = RecipeReader.parse(text, "recipe.yaml")
                .withExportFolder(folder.resolve("frozen").toString());
        byte[] trained =
                Files.readAllBytes(StudentRun.run(recipe, RunOptions.QUIET).model());

        assertThat(Files.readAllBytes(export(recipe, false).model())).isEqualTo(trained);
    }

    /** The teacher's file is gone, too: what trained along is known by its name. */
    @Test
    void export_ofAStudentWithHints_leavesTheSameBytesWithoutItsTeacher() throws IOException {
        ModelGraph graph =
                Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(12).withSeed(3)).withMetadata(Map.of("reflux.data", "glyphs"));
        Path teacher = folder.resolve("teacher.onnx");
        graph.write(teacher);
        String hidden = graph.nodes().stream()
                .filter(node -> node.operator().equals("Relu"))
                .findFirst()
                .orElseThrow()
                .output(0);
        String text = HEAD.replace(", batchNorm: true, dropout: 0.1", "")
                + "teacher: {onnx: \"" + teacher + "\"}\nstages:\n"
                + "  - distil: {epochs: 1, batchSize: 50, hints: [{teacher: %1$s, student: %1$s}]}\n".formatted(hidden);
        Recipe recipe = RecipeReader.parse(text, "recipe.yaml")
                .withExportFolder(folder.resolve("hinted").toString());
        RunResult trained = StudentRun.run(recipe, RunOptions.QUIET);
        byte[] model = Files.readAllBytes(trained.model());

        RunResult withTeacher = export(recipe, false);
        assertThat(Files.readAllBytes(withTeacher.model())).isEqualTo(model);
        assertThat(withTeacher.report().agreement()).isEqualTo(trained.report().agreement());

        Files.delete(teacher);
        RunResult alone = export(recipe, false);
        assertThat(Files.readAllBytes(alone.model())).isEqualTo(model);
        assertThat(alone.report().agreement()).isNull();
        assertThat(alone.report().teacherFault()).contains(teacher.toString());
    }

    @Test
    void export_whoseLastStageRoundsAsItsTeacherAnswers_asksItAgain() throws IOException {
        Path teacher = folder.resolve("teacher.onnx");
        Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(12))
                .withMetadata(Map.of("reflux.data", "glyphs"))
                .write(teacher);
        String text = HEAD + "teacher: {onnx: \"" + teacher + "\"}\nstages:\n" + train(1)
                + "  - quantize: {calibrationSamples: 64, weightBits: 4,"
                + " rounding: {type: adaround, target: teacher, iterations: 20}}\n";
        Recipe recipe = RecipeReader.parse(text, "recipe.yaml")
                .withExportFolder(folder.resolve("rounded").toString());
        byte[] trained =
                Files.readAllBytes(StudentRun.run(recipe, RunOptions.QUIET).model());

        assertThat(Files.readAllBytes(export(recipe, false).model())).isEqualTo(trained);

        Files.delete(teacher);
        assertThatThrownBy(() -> export(recipe, false)).hasMessageContaining(teacher.toString());
    }

    /** A service is not asked, dead or alive; the report says so. */
    @Test
    void export_whoseTeacherIsAService_doesNotAskIt() throws Exception {
        DataSet set =
                DataCatalog.open(new DataSetSpec("glyphs", null, 300, 0, 1)).training();
        Vertx vertx = Vertx.vertx();
        FakeTeacher teacher = new FakeTeacher(
                vertx, set.images(), Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(8)));
        try {
            teacher.start();
            String text = HEAD + "teacher: {address: \"127.0.0.1:" + teacher.port() + "\"}\nstages:\n"
                    + "  - distil: {epochs: 1, batchSize: 50}\n" + QUANTIZE;
            Recipe recipe = RecipeReader.parse(text, "recipe.yaml")
                    .withExportFolder(folder.resolve("taught").toString());
            byte[] trained =
                    Files.readAllBytes(StudentRun.run(recipe, RunOptions.QUIET).model());
            teacher.kill();

            RunResult exported = export(recipe, false);

            assertThat(Files.readAllBytes(exported.model())).isEqualTo(trained);
            assertThat(exported.report().teacher()).isNull();
            assertThat(exported.report().ledger().batches()).isEqualTo(6);
            assertThat(told.toString(StandardCharsets.UTF_8).lines())
                    .contains("the report is without its teacher: not asked, since an export asks no service");
        } finally {
            teacher.close();
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void export_ofAnUnfinishedRun_isRefusedAndLeavesTheFolderAsItIs() {
        Recipe within = recipe("within", train(2) + QUANTIZE + train(1));
        stop(within, 8);
        assertRefused(
                within,
                TrainingFailure.Code.CHECKPOINT,
                "checkpoint %s: at step 8 of 12 of stages[0], 3 stages in all (expected: at the end of stages[2], the last that trains, or --unfinished)"
                        .formatted(checkpoint("within")));
        assertThat(folder.resolve("within").toFile().list()).containsExactly("checkpoint.reflux");

        Recipe last = recipe("last", train(1) + QUANTIZE + train(1));
        stop(last, 6 + 5);
        assertRefused(
                last,
                TrainingFailure.Code.CHECKPOINT,
                "checkpoint %s: at step 5 of 6 of stages[2], 3 stages in all (expected: at the end of stages[2], the last that trains, or --unfinished)"
                        .formatted(checkpoint("last")));
    }

    /** At a constant rate a run that is stopped after an epoch has the weights of one that lasts an epoch. */
    @Test
    void export_unfinished_leavesWhatAShorterRunDoes() throws IOException {
        byte[] shorter = Files.readAllBytes(
                StudentRun.run(recipe("shorter", train(1)), RunOptions.QUIET).model());
        Recipe longer = recipe("longer", train(3));
        stop(longer, 6);

        RunResult exported = export(longer, true);

        assertThat(Files.readAllBytes(exported.model())).isEqualTo(shorter);
        assertThat(exported.report().history()).hasSize(1);
        assertThat(told.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("checkpoint %s: at step 6 of 18 of stages[0]".formatted(checkpoint("longer")));
    }

    @Test
    void export_unfinishedBeforeStagesThatQuantize_runsTheseAndLeavesTrainingOut() throws IOException {
        byte[] shorter = Files.readAllBytes(StudentRun.run(recipe("shorter", train(1) + QUANTIZE), RunOptions.QUIET)
                .model());
        Recipe longer = recipe("longer", train(2) + QUANTIZE + train(1));
        stop(longer, 6);

        RunResult exported = export(longer, true);

        assertThat(Files.readAllBytes(exported.model())).isEqualTo(shorter);
        assertThat(exported.report().fidelity()).isNotNull();
        assertThat(told.toString(StandardCharsets.UTF_8).lines()).contains("stages[2], train: left out");
        // What a resumed run will write itself is not there.
        assertThat(folder.resolve("longer").toFile().list())
                .containsExactlyInAnyOrder("checkpoint.reflux", "tiny.onnx", "report.json", "ledger.csv");
    }

    @Test
    void export_withoutACheckpoint_namesItAndMakesNoFolder() {
        assertRefused(
                recipe("none", train(1)),
                TrainingFailure.Code.CHECKPOINT,
                "checkpoint %s: absent (expected: the checkpoint of a run, as reflux train writes it)"
                        .formatted(checkpoint("none")));
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void export_ofACheckpointOfAnotherRecipe_isRefused() {
        StudentRun.run(recipe("run", train(1)), RunOptions.QUIET);

        assertRefused(
                recipe("run", train(2)),
                TrainingFailure.Code.CHECKPOINT,
                "checkpoint %s: of another recipe (expected: the same data, student, stages and seed)"
                        .formatted(checkpoint("run")));
    }

    /** The recipe names the same file, which has another network in it by now. */
    @Test
    void export_whoseStudentIsAnother_isRefused() {
        Path file = folder.resolve("student.onnx");
        Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(8)).write(file);
        String text = HEAD.replaceFirst("student: .*", "student: {onnx: \"" + file + "\"}") + "stages:\n" + train(1);
        Recipe recipe = RecipeReader.parse(text, "recipe.yaml")
                .withExportFolder(folder.resolve("run").toString());
        StudentRun.run(recipe, RunOptions.QUIET);
        for (ZooSpec other : new ZooSpec[] {
            ZooSpec.of(Zoo.MLP).withHidden(9), ZooSpec.of(Zoo.MLP).withHidden(8, 8)
        }) {
            Zoo.build(other).write(file);

            assertRefused(
                    recipe,
                    TrainingFailure.Code.CHECKPOINT,
                    "checkpoint %s: weights of another student (expected: those of this recipe's)"
                            .formatted(checkpoint("run")));
        }
    }

    @Test
    void export_whereNothingTrains_isRefused() {
        assertRefused(
                recipe("run", QUANTIZE),
                TrainingFailure.Code.RECIPE,
                "stages: none that trains (expected: at least one, since a checkpoint is exported)");
    }

    /** A quantised file that cannot be compared is no more accepted than one that differs. */
    @Test
    void export_thatIsNotAccepted_leavesTheFileBeforeWholeAndNothingBeside() throws IOException {
        Recipe recipe = recipe("run", train(1) + QUANTIZE + train(1));
        RunResult trained = StudentRun.run(recipe, RunOptions.QUIET);
        byte[] model = Files.readAllBytes(trained.model());
        byte[] report = Files.readAllBytes(trained.reportFile());
        String[] files = folder.resolve("run").toFile().list();
        Checkpoint checkpoint = CheckpointFile.read(checkpoint("run"));
        CheckpointFile.write(checkpoint("run"), withInfinite(checkpoint, "parameter/fc2.bias"));

        assertThatThrownBy(() -> export(recipe, false))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageEndingWith("logits of the first model: Infinity (expected: finite)");

        assertThat(Files.readAllBytes(trained.model())).isEqualTo(model);
        assertThat(Files.readAllBytes(trained.reportFile())).isEqualTo(report);
        assertThat(folder.resolve("run").toFile().list()).containsExactlyInAnyOrder(files);
    }

    private static Checkpoint withInfinite(Checkpoint checkpoint, String name) {
        TrainState state = checkpoint.state();
        Map<String, float[]> tensors = new LinkedHashMap<>(state.tensors());
        float[] values = tensors.get(name).clone();
        Arrays.fill(values, Float.POSITIVE_INFINITY);
        tensors.put(name, values);
        return new Checkpoint(
                checkpoint.recipeDigest(),
                checkpoint.teacherDigest(),
                checkpoint.stage(),
                checkpoint.nextStep(),
                checkpoint.partial(),
                checkpoint.history(),
                new TrainState(tensors, state.updates(), state.pendingBatches(), state.pendingPositions()),
                checkpoint.ledger());
    }
}

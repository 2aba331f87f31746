package io.reflux.student.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.progress.TerminalStyle;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.report.CompressionReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StudentRunTest {
    @TempDir
    private Path folder;

    private Recipe recipe(String text, String name) {
        return TinyRecipe.read(text, folder, name);
    }

    @Test
    void run_hardLabels_leavesAFileThatKnowsMoreThanChance() throws IOException {
        RunResult result = StudentRun.run(recipe(TinyRecipe.TRAIN, "plain"), RunOptions.QUIET);

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
        RunResult undisturbed = StudentRun.run(recipe(TinyRecipe.TRAIN, "unbroken"), RunOptions.QUIET);
        byte[] unbroken = Files.readAllBytes(undisturbed.model());

        Recipe broken = recipe(TinyRecipe.TRAIN, "broken");
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
        Recipe recipe = recipe(TinyRecipe.TRAIN.replace("dropout: 0.2", "dropout: 0.2, freeze: [\"fc9.*\"]"), "x");

        assertThatThrownBy(() -> StudentRun.run(recipe, RunOptions.QUIET))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith(
                        "freeze: fc9.* (expected: the name of a parameter, * for any characters; nearest: fc");
    }

    @Test
    void run_freshWeightsOfAFile_areThoseOfTheSeed() throws IOException {
        Path trained = StudentRun.run(recipe(TinyRecipe.TRAIN, "trained"), RunOptions.QUIET)
                .model();
        String again = TinyRecipe.TRAIN.replaceFirst(
                "student: .*", "student: {onnx: %s, weights: %s}".formatted(trained, "%s"));
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
        String text = TinyRecipe.TRAIN.replace("hidden: [16]", "hidden: [16], batchNorm: true");
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

        String again = TinyRecipe.TRAIN.replaceFirst("student: .*", "student: {onnx: %s}".formatted(file));
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
    void run_resumedWithoutACheckpoint_beginsAnew() {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        RunOptions options = RunOptions.QUIET
                .withResume(true)
                .withProgress(new PrintStream(told, true, StandardCharsets.UTF_8), TerminalStyle.PLAIN);

        assertThat(StudentRun.run(recipe(TinyRecipe.TRAIN, "new"), options)
                        .report()
                        .history())
                .hasSize(5);
        assertThat(told.toString(StandardCharsets.UTF_8).lines())
                .containsOnlyOnce("checkpoint %s: absent; the run begins anew"
                        .formatted(folder.resolve("new/checkpoint.reflux")));
    }
}

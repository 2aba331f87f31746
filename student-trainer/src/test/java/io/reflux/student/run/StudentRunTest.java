package io.reflux.student.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.report.CompressionReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        byte[] unbroken = Files.readAllBytes(
                StudentRun.run(recipe(TRAIN, "unbroken"), RunOptions.QUIET).model());

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
}

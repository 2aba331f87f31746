package io.reflux.app;

import static io.reflux.app.ModelCommandsTest.assertFailsWith;
import static io.reflux.app.ModelCommandsTest.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.reflux.app.console.ExitCode;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.StudentRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExportCommandTest {
    private static final String RECIPE = """
            name: tiny
            data: {set: glyphs, trainSamples: 200, validationSamples: 0}
            student: {zoo: mlp, hidden: [8]}
            stages:
              - train: {epochs: 1, batchSize: 50}
              - quantize: {calibrationSamples: 64}
            """;

    @TempDir
    private Path folder;

    private Path output;
    private Path recipe;

    @BeforeEach
    void write() throws IOException {
        output = folder.resolve("out");
        recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
    }

    @Test
    void export_ofWhatWasTrained_leavesTheSameFileAndReportsIt() throws IOException {
        Invocation train = Invocation.of("train", recipe, "--output", output, "--seed", 3);
        assertThat(train.exitCode()).as(train.err()).isEqualTo(ExitCode.OK);
        Path model = output.resolve("tiny.onnx");
        byte[] trained = Files.readAllBytes(model);
        Files.delete(model);

        Invocation export = Invocation.of("export", recipe, "--output", output, "--seed", 3, "--min-agreement", 100);

        assertThat(export.exitCode()).as(export.err()).isEqualTo(ExitCode.OK);
        assertThat(Files.readAllBytes(model)).isEqualTo(trained);
        assertThat(export.out()).isEqualTo(train.out());

        Files.delete(output.resolve("report.json"));
        JsonNode report = json(Invocation.of("export", recipe, "--output", output, "--seed", 3, "--json"));
        assertThat(report.path("fidelity").path("agreement").asDouble()).isEqualTo(1);
        assertThat(report.path("studentBytes").asLong()).isEqualTo(trained.length);
        assertThat(output.resolve("report.json")).isRegularFile();

        assertFailsWith(
                Invocation.of("export", recipe, "--output", output, "--seed", 4),
                ExitCode.FAILED,
                "checkpoint.reflux: of another recipe");
    }

    @Test
    void export_ofAnUnfinishedRun_isAFailureUnlessAskedFor() {
        Recipe read = RecipeReader.read(recipe).withExportFolder(output.toString());
        AtomicInteger steps = new AtomicInteger();
        Assertions.catchThrowable(
                () -> StudentRun.run(read, RunOptions.QUIET.withStop(() -> steps.incrementAndGet() > 3)));

        assertFailsWith(
                Invocation.of("export", recipe, "--output", output),
                ExitCode.FAILED,
                "checkpoint.reflux: at step 3 of 4 of stages[0], 2 stages in all (expected: at the end of stages[0],");
        assertThat(Invocation.of("export", recipe, "--output", output, "--unfinished")
                        .exitCode())
                .isEqualTo(ExitCode.OK);
        assertThat(output.resolve("tiny.onnx")).isRegularFile();
    }

    @Test
    void export_withoutARun_isAFailureThatNamesTheCheckpoint() {
        assertFailsWith(
                Invocation.of("export", recipe, "--output", output),
                ExitCode.FAILED,
                "checkpoint " + output.resolve("checkpoint.reflux")
                        + ": absent (expected: the checkpoint of a run, as reflux train writes it)");
        assertThat(output).doesNotExist();
    }

    @Test
    void export_agreementOutOfRange_isUsageError() {
        for (String percent : new String[] {"-1", "100.1", "NaN"}) {
            assertFailsWith(
                    Invocation.of("export", recipe, "--min-agreement=" + percent),
                    ExitCode.USAGE,
                    "--min-agreement: " + Double.parseDouble(percent) + " (expected: 0 to 100)");
        }
    }

    @Test
    void export_recipeThatIsWrong_isUsageError() throws IOException {
        Files.writeString(recipe, RECIPE.replace("epochs", "epoch"));
        assertFailsWith(Invocation.of("export", recipe), ExitCode.USAGE, "recipe.yaml:5");
        Files.writeString(recipe, RECIPE.replaceFirst("  - train.*\n", ""));
        assertFailsWith(Invocation.of("export", recipe), ExitCode.USAGE, "stages: none that trains");
    }
}

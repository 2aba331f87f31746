package io.reflux.app;

import static io.reflux.app.ModelCommandsTest.assertFailsWith;
import static io.reflux.app.ModelCommandsTest.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.reflux.app.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainCommandTest {
    private static final String RECIPE = """
            name: tiny
            data: {set: glyphs, trainSamples: 200, validationSamples: 50}
            student: {zoo: mlp, hidden: [8]}
            stages:
              - train: {epochs: 1, batchSize: 50}
            """;

    @TempDir
    private Path folder;

    @Test
    void train_tinyRecipe_leavesModelAndReportWhereTold() throws IOException {
        Path output = folder.resolve("out");

        JsonNode report = json(Invocation.of("train", recipe(RECIPE), "--output", output, "--seed", 3, "--json"));

        assertThat(report.path("seed").asLong()).isEqualTo(3);
        assertThat(output.resolve("tiny.onnx")).isRegularFile();
        assertThat(Files.size(output.resolve("tiny.onnx")))
                .isEqualTo(report.path("studentBytes").asLong());
        assertThat(output.resolve("report.json")).isRegularFile();
    }

    @Test
    void train_unknownKey_isUsageErrorWithLineAndNearestKey() throws IOException {
        Invocation train = Invocation.of("train", recipe(RECIPE.replace("epochs", "epoch")));

        assertFailsWith(train, ExitCode.USAGE, "recipe.yaml:5");
        assertThat(train.err()).contains("epochs");
    }

    @Test
    void train_noRecipe_isUsageError() {
        assertFailsWith(Invocation.of("train", folder.resolve("none.yaml")), ExitCode.USAGE, "none.yaml");
    }

    @Test
    void train_certificateWithoutItsKey_namesTheOptions() throws IOException {
        assertFailsWith(
                Invocation.of("train", recipe(RECIPE), "--teacher-cert=c.pem"),
                ExitCode.USAGE,
                "--teacher-key: absent (expected: a file, since --teacher-cert is given)");
        assertFailsWith(
                Invocation.of("train", recipe(RECIPE), "--teacher-key=k.pem"),
                ExitCode.USAGE,
                "--teacher-cert: absent (expected: a file, since --teacher-key is given)");
    }

    @Test
    void train_outputInAFile_failsBeforeTraining() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertFailsWith(
                Invocation.of("train", recipe(RECIPE), "--output", file.resolve("below")),
                ExitCode.FAILED,
                "(expected: a folder to write to)");
    }

    @Test
    void train_badTeacherAddress_isUsageError() throws IOException {
        assertFailsWith(
                Invocation.of("train", recipe(RECIPE), "--teacher", "nowhere"),
                ExitCode.USAGE,
                "address: nowhere (expected: host:port)");
    }

    @Test
    void train_metricsPortOutOfRange_isUsageError() throws IOException {
        assertFailsWith(
                Invocation.of("train", recipe(RECIPE), "--metrics-port", 70000),
                ExitCode.USAGE,
                "metricsPort: 70000 (expected: 0 to 65535)");
    }

    private Path recipe(String text) throws IOException {
        return Files.writeString(folder.resolve("recipe.yaml"), text);
    }
}

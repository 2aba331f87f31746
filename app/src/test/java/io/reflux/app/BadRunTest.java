package io.reflux.app;

import static io.reflux.app.ModelCommandsTest.assertFailsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.app.console.ExitCode;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands say of settings out of range, ports in use and places that cannot be written to. */
final class BadRunTest {
    private static final String RECIPE = """
            name: tiny
            data: {set: glyphs, trainSamples: 100, validationSamples: 20}
            student: {zoo: mlp, hidden: [4]}
            teacher: {address: "127.0.0.1:1"}
            stages:
              - distil:
                  epochs: 1
                  loss: {temperature: 4, softLossWeight: 1, hardLossWeight: 0.5}
            """;

    private static final String TRAIN = RECIPE.replace("distil:", "train:").replaceAll("(?m)^ *loss.*\n", "");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "temperature: 4 | temperature: -1 | temperature: -1.0 (expected: > 0",
                "temperature: 4 | temperature: 0 | temperature: 0.0 (expected: > 0",
                "temperature: 4 | temperature: .nan | temperature: .nan (expected: a number",
                "softLossWeight: 1 | softLossWeight: -1 | softLossWeight: -1.0 (expected: > 0",
                "epochs: 1 | epochs: 0 | epochs: 0 (expected: >= 1",
            })
    void train_settingOutOfRange_isUsageErrorWithItsLine(String right, String wrong, String message)
            throws IOException {
        Invocation train = train(RECIPE.replace(right, wrong));

        assertFailsWith(train, ExitCode.USAGE, message);
        assertThat(train.err()).contains("recipe.yaml:");
    }

    @Test
    void train_nobodyAtTheTeachersAddress_saysHowOftenItTried() throws IOException {
        int port = freePort();

        assertFailsWith(
                train(RECIPE.replace("127.0.0.1:1", "127.0.0.1:" + port)),
                ExitCode.FAILED,
                "teacher 127.0.0.1:" + port + ": ");
    }

    @Test
    void train_metricsPortInUse_isOneLineBeforeTraining() throws IOException {
        // As the student listens on all interfaces, so does this.
        try (ServerSocket taken = new ServerSocket(0)) {
            assertFailsWith(
                    train(TRAIN, "--metrics-port", taken.getLocalPort()),
                    ExitCode.FAILED,
                    "metrics port: " + taken.getLocalPort() + " cannot be used: ");
        }
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void teacher_metricsPortInUse_isOneLineAndTheGrpcPortIsFreed() throws IOException {
        Path model = folder.resolve("teacher.onnx");
        Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(8)).write(model);
        int grpcPort = freePort();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Invocation teacher = Invocation.of(
                    "teacher", "--model", model, "--port", grpcPort, "--metrics-port", taken.getLocalPort());

            assertFailsWith(
                    teacher,
                    ExitCode.FAILED,
                    "metricsPort: " + taken.getLocalPort() + " on 127.0.0.1 is in use (expected: a free port)");
        }
        try (ServerSocket again = new ServerSocket(grpcPort, 1, InetAddress.getLoopbackAddress())) {
            assertThat(again.isBound()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny.onnx", "report.json", "checkpoint.reflux", "ledger.csv"})
    void train_resultThatIsAFolder_isRefusedBeforeTraining(String result) throws IOException {
        Path taken = Files.createDirectories(folder.resolve("out").resolve(result));

        assertFailsWith(
                train(TRAIN), ExitCode.FAILED, "export.folder: " + taken + ": a folder (expected: a file to write)");
        try (Stream<Path> left = Files.list(folder.resolve("out"))) {
            assertThat(left).containsExactly(taken);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private Invocation train(String text, Object... more) throws IOException {
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), text);
        return Invocation.of(
                Stream.concat(Stream.of("train", recipe, "--output", folder.resolve("out")), Stream.of(more))
                        .toArray());
    }
}

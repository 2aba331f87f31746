package io.reflux.app;

import static io.reflux.app.ModelCommandsTest.assertFailsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reflux.app.console.ExitCode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TeacherCommandTest {
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    private Path folder;

    @Test
    void teacher_asAProcess_servesMetricsSaysWhereAndDrainsOnSigterm() throws Exception {
        Path model = model();
        Path readyFile = folder.resolve("ready.json");
        Process process = start(
                "--model", model, "--data=glyphs", "--port=0", "--metrics-port=0", "--json", "--ready-file", readyFile);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            JsonNode ready = new ObjectMapper().readTree(out.readLine());

            assertThat(new ObjectMapper().readTree(readyFile.toFile())).isEqualTo(ready);
            assertThat(ready.path("modelDigest").asText())
                    .isEqualTo(ModelGraph.read(model).digest());
            assertThat(ready.path("pid").asLong()).isEqualTo(process.pid());
            assertThat(get(ready.path("metrics").asText())).contains("reflux_teacher_streams 0.0");

            process.destroy();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            // 128 + SIGTERM.
            assertThat(process.exitValue()).isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void teacher_thatWatches_servesWhatTakesTheFilesPlace() throws Exception {
        Path model = model();
        Process process =
                start("--model", model, "--watch", "--deterministic", "--port=0", "--metrics-port=0", "--json");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String metrics =
                    new ObjectMapper().readTree(out.readLine()).path("metrics").asText();
            assertThat(get(metrics)).contains("reflux_teacher_batch_target_samples 32.0");

            Path beside = folder.resolve("beside.onnx");
            ModelGraph next = Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(8).withSeed(99));
            next.write(beside);
            Files.move(beside, model, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!get(metrics).contains("digest=\"" + next.digest() + "\"")) {
                assertThat(System.nanoTime()).as("taken over in time").isLessThan(deadline);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
            assertThat(get(metrics)).contains("reflux_teacher_model_swaps_total{outcome=\"done\"} 1.0");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void teacher_whoseCompanionEnds_endsToo() throws Exception {
        Process companion = new ProcessBuilder("cat").start();
        Process teacher = start("--model", model(), "--port=0", "--metrics-port=0", "--stop-with", companion.pid());
        try (BufferedReader out = teacher.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).startsWith("serving ").contains("gRPC 127.0.0.1:", "metrics http://127.0.0.1:");

            companion.destroyForcibly();

            assertThat(teacher.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(teacher.exitValue()).isEqualTo(ExitCode.OK);
        } finally {
            companion.destroyForcibly();
            teacher.destroyForcibly();
        }
    }

    @Test
    void teacher_hintThatTheModelDoesNotHave_isOneLineWithTheNearest() {
        Invocation teacher =
                Invocation.of("teacher", "--model", model(), "--hint", "relu7.out", "--port=0", "--metrics-port=0");

        assertThat(teacher.exitCode()).isNotEqualTo(ExitCode.OK);
        assertThat(teacher.err())
                .contains("teacher.onnx: output relu7.out (expected: the name of a value that a node makes; nearest:"
                        + " relu1.out, ")
                .hasLineCount(1);
    }

    @Test
    void teacher_portInUse_isOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Invocation teacher =
                    Invocation.of("teacher", "--model", model(), "--port", taken.getLocalPort(), "--metrics-port=0");

            assertFailsWith(teacher, ExitCode.FAILED, "grpcPort: " + taken.getLocalPort() + " on 127.0.0.1");
            assertThat(teacher.err()).contains("in use");
        }
    }

    @Test
    void teacher_noModel_isOneLine() {
        assertFailsWith(
                Invocation.of("teacher", "--model", folder.resolve("none.onnx")), ExitCode.FAILED, "none.onnx: ");
    }

    @Test
    void teacher_corruptModel_isOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("text.onnx"), "no model");

        assertFailsWith(Invocation.of("teacher", "--model", file), ExitCode.FAILED, "text.onnx: ");
    }

    @Test
    void teacher_settingOutOfRange_isUsageError() {
        assertFailsWith(
                Invocation.of("teacher", "--model", model(), "--max-batch=0"),
                ExitCode.USAGE,
                "--max-batch: 0 (expected: 1 to 65536)");
        assertFailsWith(
                Invocation.of("teacher", "--model", model(), "--latency-goal-ms=0"),
                ExitCode.USAGE,
                "--latency-goal-ms: 0 (expected: 1 to 3600000)");
        assertUsage("--port: 70000 (expected: 0 to 65535)", "--port=70000");
        assertUsage("--metrics-port: 5 (expected: another one than --port)", "--port=5", "--metrics-port=5");
        assertUsage("--window-ms: 10001 (expected: 0 to 10000)", "--window-ms=10001");
        assertUsage("--drain-seconds: -1 (expected: 0 to 86400)", "--drain-seconds=-1");
        assertUsage("--client-mib: 0 (expected: 1 to 2147483647)", "--client-mib=0");
    }

    @Test
    void teacher_optionsThatItCannotUse_areNamedAsTheyWereGiven() {
        assertUsage("--tls-key: absent (expected: a file, since --tls-cert is given)", "--tls-cert=c.pem");
        assertUsage("--tls-cert: absent (expected: a file, since --tls-key is given)", "--tls-key=k.pem");
        assertUsage(
                "--tls-cert: absent (expected: the teacher's certificate, since --tls-client-ca is given)",
                "--tls-client-ca=ca.pem");
        assertUsage("--cache-memory: 900g (expected: less than the heap of ", "--cache-memory=900g");
        assertUsage("--cache-disk: 1k (expected: at least 16m)", "--cache-dir=" + folder, "--cache-disk=1k");
        assertUsage("device: gpu (expected: auto, cpu, cuda or cuda:N)", "--device=gpu");
        assertUsage("data set: nope (expected: one of mnist, ", "--data=nope");
    }

    @Test
    void teacher_readyFileInNoFolder_isRefusedBeforeItListens() {
        Path file = folder.resolve("none").resolve("ready.json");

        assertUsage("--ready-file: " + file + " (expected: a file in a folder that is there)", "--ready-file=" + file);
    }

    @Test
    void teacher_folderForAModel_isCalledOne() {
        assertFailsWith(
                Invocation.of("teacher", "--model", folder),
                ExitCode.FAILED,
                folder + ": a folder (expected: a model file)");
    }

    private void assertUsage(String message, String... options) {
        Object[] arguments = new Object[options.length + 3];
        arguments[0] = "teacher";
        arguments[1] = "--model";
        arguments[2] = model();
        System.arraycopy(options, 0, arguments, 3, options.length);
        assertFailsWith(Invocation.of(arguments), ExitCode.USAGE, message);
    }

    @Test
    void teacher_otherDataThanTheModelTakes_isOneLine() {
        Path file = folder.resolve("colour.onnx");
        Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(4).withInputShape(List.of(3, 8, 8)))
                .write(file);

        assertFailsWith(
                Invocation.of("teacher", "--model", file, "--data=glyphs", "--port=0", "--metrics-port=0"),
                ExitCode.FAILED,
                "glyphs");
    }

    private Path model() {
        return GlyphsModel.write(folder.resolve("teacher.onnx"), 8);
    }

    private static Process start(Object... arguments) throws IOException {
        return JavaProcess.of("teacher", arguments);
    }

    private static String get(String url) throws IOException, InterruptedException {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}

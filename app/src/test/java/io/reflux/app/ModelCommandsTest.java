package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reflux.app.console.ExitCode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code inspect} and {@code evaluate}. */
final class ModelCommandsTest {
    @TempDir
    private Path folder;

    @Test
    void inspect_mlp_countsWhatItsShapesSay() throws IOException {
        Path file = mlp("small.onnx", 1, 32);

        JsonNode summary = json(Invocation.of("inspect", file, "--json")).path("summary");

        // 784 x 32 + 32 and 32 x 10 + 10 numbers of four bytes; as many multiplications as weights.
        assertThat(summary.path("parameters").asLong()).isEqualTo(784 * 32 + 32 + 32 * 10 + 10);
        assertThat(summary.path("parameterBytes").asLong()).isEqualTo(4 * (784 * 32 + 32 + 32 * 10 + 10));
        assertThat(summary.path("multiplyAccumulates").asLong()).isEqualTo(784 * 32 + 32 * 10);
        assertThat(summary.path("fileBytes").asLong()).isEqualTo(Files.size(file));
    }

    @Test
    void inspect_forPeople_isATableWithTheDigest() {
        Path file = mlp("small.onnx", 1, 32);

        Invocation inspect = Invocation.of("inspect", file);

        assertThat(inspect.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(inspect.out())
                .contains("Gemm", "25,450", ModelGraph.read(file).digest(), "note reflux.data = glyphs");
    }

    @Test
    void inspect_nameOfTheZoo_isWhatWouldBeBuilt() throws IOException {
        JsonNode summary = json(Invocation.of("inspect", "resnet-8", "--input=3x32x32", "--classes=10", "--json"))
                .path("summary");

        assertThat(summary.path("parameters").asLong()).isEqualTo(78_186);
        assertFailsWith(Invocation.of("inspect", "resnet20"), ExitCode.USAGE, "did you mean 'resnet-20'?");
        assertThat(Invocation.of("inspect", "resnet-8", "--input=3,32").err())
                .contains("--input: 3,32 (expected: sizes such as 3x32x32)");
        assertThat(Invocation.of("inspect", "--help").out()).contains("mobilenet-v2", "wrn-28-10");
    }

    @Test
    void inspect_truncatedFile_isOneLine() throws IOException {
        Path file = mlp("cut.onnx", 1, 32);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 1000));

        assertFailsWith(Invocation.of("inspect", file), ExitCode.FAILED, "cut.onnx");
    }

    @Test
    void evaluate_aFileAgainstItself_agreesAndIsAsLarge() throws IOException {
        Path file = mlp("a.onnx", 1, 16);

        JsonNode result = json(Invocation.of("evaluate", file, "--teacher", file, "--json"));

        assertThat(result.path("agreement").asDouble()).isEqualTo(1);
        assertThat(result.path("compressionRatio").asDouble()).isEqualTo(1);
        assertThat(result.path("dataSet").asText()).isEqualTo("glyphs");
        assertThat(result.path("evaluation").path("samples").asLong()).isEqualTo(10_000);
        assertThat(result.path("evaluation").path("accuracy").asDouble())
                .isCloseTo(1 - result.path("evaluation").path("errors").asDouble() / 10_000, within(1e-12));
    }

    @Test
    void evaluate_fileWithoutNotes_asksForTheDataSet() {
        Path file = folder.resolve("bare.onnx");
        Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(4)).write(file);

        assertFailsWith(
                Invocation.of("evaluate", file),
                ExitCode.USAGE,
                "does not say what it was trained on: give --data (expected: one of mnist, cifar10, glyphs, tiny-shakespeare, sst2)");
    }

    @Test
    void evaluate_otherNumberOfClasses_isOneLine() {
        Path file = folder.resolve("seven.onnx");
        Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(4).withNumClasses(7)).write(file);

        assertFailsWith(Invocation.of("evaluate", file, "--data=glyphs"), ExitCode.FAILED, "7 classes (expected: 10");
    }

    @Test
    void evaluate_mnistWithoutFolder_saysWhatIsMissing() {
        assertFailsWith(
                Invocation.of("evaluate", mlp("m.onnx", 1, 4), "--data=mnist"), ExitCode.FAILED, "no folder given");
    }

    @Test
    void evaluate_unknownDataSet_namesTheNearest() {
        assertFailsWith(
                Invocation.of("evaluate", mlp("m.onnx", 1, 4), "--data=glyph"), ExitCode.USAGE, "did you mean glyphs?");
    }

    private Path mlp(String name, long seed, int hidden) {
        Path file = folder.resolve(name);
        ModelGraph graph = Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(hidden).withSeed(seed));
        graph.withMetadata(Map.of("reflux.data", "glyphs")).write(file);
        return file;
    }

    static JsonNode json(Invocation invocation) throws IOException {
        assertThat(invocation.exitCode()).as(invocation.err()).isEqualTo(ExitCode.OK);
        return new ObjectMapper().readTree(invocation.out());
    }

    static void assertFailsWith(Invocation invocation, int exitCode, String message) {
        assertThat(invocation.err().lines().toList())
                .singleElement()
                .asString()
                .startsWith("reflux: ")
                .contains(message);
        assertThat(invocation.exitCode()).isEqualTo(exitCode);
    }
}

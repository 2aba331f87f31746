package io.reflux.app;

import static io.reflux.app.ModelCommandsTest.assertFailsWith;
import static io.reflux.app.ModelCommandsTest.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.reflux.app.console.ExitCode;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuantizeCommandTest {
    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void writeModel() {
        model = GlyphsModel.write(folder.resolve("m.onnx"), 32);
    }

    @Test
    void quantize_aFile_writesIntegersBesideItAndMeasuresBoth() throws IOException {
        JsonNode result = json(Invocation.of("quantize", model, "--calibration-samples", 64, "--json"));

        Path written = folder.resolve("m.int8.onnx");
        assertThat(result.path("integers").path("file").asText()).isEqualTo(written.toString());
        assertThat(result.path("integers").path("bytes").asLong()).isEqualTo(Files.size(written));
        assertThat((double) Files.size(written)).isLessThan(0.3 * Files.size(model));
        assertThat(result.path("layers")).hasSize(2);
        assertThat(result.path("fidelity").path("positions").asLong()).isEqualTo(10_000);
        assertThat(result.path("fidelity").path("agreement").asDouble()).isGreaterThan(0.999);
        assertThat(ModelGraph.read(written).initializers().values())
                .anyMatch(tensor -> tensor.type() == ElementType.INT8 && tensor.size() == 784 * 32);
        assertThat(ModelGraph.read(written).metadata()).containsEntry("reflux.data", "glyphs");
        assertThat(folder).isDirectoryNotContaining(path -> path.toString().endsWith(".unchecked"));
    }

    /** 784·32 weights of 4 bits with a scale for each 32, and 32·10 of 8 bits, the last layer's. */
    @Test
    void quantize_weightsInGroups_isSmallerStill() throws IOException {
        JsonNode result = json(Invocation.of(
                "quantize",
                model,
                "--weight-bits",
                4,
                "--activation-bits",
                0,
                "--group-size",
                32,
                "--min-agreement",
                90,
                "--json"));

        assertThat(result.path("layers")).hasSize(2);
        assertThat(Files.size(folder.resolve("m.int8.onnx"))).isLessThan(784 * 32 + 25 * 32 * 4 + 2000);
        assertFailsWith(
                Invocation.of("quantize", model, "--group-size", 32),
                ExitCode.USAGE,
                "groupSize: 32 (expected: 0, since activationBits is 8)");
    }

    /** Which layers are slower depends on the machine; that each is left in floats does not. */
    @Test
    void quantize_awareOfLatency_leavesInFloatsWhatIsSlowerInIntegers() throws IOException {
        // Large enough that the first layer gains from integers wherever it runs.
        GlyphsModel.write(model, 1024);
        JsonNode result =
                json(Invocation.of("quantize", model, "--calibration-samples", 64, "--latency-aware", "--json"));

        List<String> slower = result.path("slower").findValuesAsText("layer");
        assertThat(result.path("layers")).hasSize(2 - slower.size());
        assertThat(result.path("layers").toString()).doesNotContain(slower);
    }

    @Test
    void quantize_withoutLayerTimes_timesNone() {
        Invocation quantize =
                Invocation.of("quantize", model, "--calibration-samples", 64, "--no-layer-times", "--keep", "fc1");
        assertThat(quantize.exitCode()).as(quantize.err()).isEqualTo(ExitCode.OK);
        assertThat(quantize.err()).contains("measuring both files on").doesNotContain("timing");
        assertThat(quantize.out()).contains("1 layers in integers").doesNotContain("slower");

        assertFailsWith(
                Invocation.of("quantize", model, "--no-layer-times", "--latency-aware"),
                ExitCode.USAGE,
                "--latency-aware: given (expected: not beside --no-layer-times)");
    }

    @Test
    void quantize_toFewBits_correctsBiasesWhereThatGains() {
        assertThat(corrects(8)).isTrue();
        assertThat(corrects(3)).isTrue();
        assertThat(corrects(2)).isFalse();
        assertThat(corrects(2, "--bias-correction")).isTrue();
        assertThat(corrects(4, "--no-bias-correction")).isFalse();
    }

    private boolean corrects(int bits, String... options) {
        List<Object> all =
                new ArrayList<>(List.of("quantize", model, "--weight-bits", bits, "--calibration-samples", 64));
        all.addAll(List.of("--no-layer-times", "--min-agreement", 0));
        all.addAll(List.of(options));
        Invocation quantize = Invocation.of(all.toArray());
        assertThat(quantize.exitCode()).as(quantize.err()).isEqualTo(ExitCode.OK);
        return quantize.err().contains("corrected the biases");
    }

    @Test
    void quantize_forPeople_isATable() {
        Invocation quantize = Invocation.of("quantize", model, "--calibration-samples", 64, "--keep", "fc1");

        assertThat(quantize.exitCode()).as(quantize.err()).isEqualTo(ExitCode.OK);
        assertThat(quantize.out())
                .contains("ms, batch 32", "1 layers in integers", "agreement", "in floats: fc1 (Gemm)");
    }

    @Test
    void quantize_withLearnedRounding_saysHowFarItIs() {
        Invocation quantize = Invocation.of(
                "quantize",
                model,
                "--calibration-samples",
                64,
                "--weight-bits",
                4,
                "--equalize",
                "--no-bias-correction",
                "--rounding",
                "adaround",
                "--rounding-iterations",
                20,
                "--json");

        assertThat(quantize.exitCode()).as(quantize.err()).isEqualTo(ExitCode.OK);
        assertThat(quantize.err())
                .contains("observed 64 samples", "rounded fc1, 1 of 2: squared error", "measuring both files on")
                .doesNotContain("corrected the biases");
    }

    @Test
    void quantize_withSettingsThatAreWrong_isOneLine() {
        assertFailsWith(
                Invocation.of("quantize", model, "--rounding", "up"),
                ExitCode.USAGE,
                "rounding: up (expected: nearest or adaround)");
        assertFailsWith(
                Invocation.of("quantize", model, "--rounding", "adaround", "--rounding-iterations", 0),
                ExitCode.USAGE,
                "iterations: 0 (expected: >= 1)");
        assertFailsWith(
                Invocation.of("quantize", model, "--weight-bits", 9),
                ExitCode.USAGE,
                "weightBits: 9 (expected: 1 to 8, on target onnxruntime-cpu)");
        assertFailsWith(
                Invocation.of("quantize", model, "--observer", "max"), ExitCode.USAGE, "observer: max (expected: ");
        assertFailsWith(
                Invocation.of("quantize", model, "--calibration-samples", 0),
                ExitCode.USAGE,
                "--calibration-samples: 0 (expected: >= 1)");
        assertFailsWith(
                Invocation.of("quantize", model, "--keep", "fcx"), ExitCode.USAGE, "keep: fcx (expected: the name of");
        assertFailsWith(Invocation.of("quantize", model, "--data", "glyph"), ExitCode.USAGE, "did you mean glyphs?");
    }

    @Test
    void quantize_withADataSetOfOtherSamples_isOneLineBeforeTheWork() {
        Path wide = folder.resolve("wide.onnx");
        Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(8).withInputShape(List.of(3, 32, 32)))
                .write(wide);

        assertFailsWith(
                Invocation.of("quantize", wide, "--data", "glyphs"),
                ExitCode.FAILED,
                wide
                        + ": input FLOAT of shape [3, 32, 32] (expected: FLOAT of 784 elements, as in data set glyphs, 1x28x28)");
        assertThat(folder.resolve("wide.int8.onnx")).doesNotExist();
    }

    @Test
    void quantize_intoWhatIsNoNewFile_writesNothing() throws IOException {
        Path none = folder.resolve("none").resolve("m.onnx");
        byte[] before = Files.readAllBytes(model);

        assertFailsWith(
                Invocation.of("quantize", model, "--output", model),
                ExitCode.USAGE,
                "--output: " + model + " (expected: another file than the model)");
        assertFailsWith(
                Invocation.of("quantize", model, "--output", folder),
                ExitCode.USAGE,
                "--output: " + folder + " (expected: a file in a folder that is there)");
        assertFailsWith(
                Invocation.of("quantize", model, "--output", none),
                ExitCode.USAGE,
                "--output: " + none + " (expected: a file in a folder that is there)");
        assertThat(model).hasBinaryContent(before);
        assertThat(folder.toFile().list()).containsExactly("m.onnx");
    }
}

package io.reflux.app;

import static io.reflux.app.ModelCommandsTest.assertFailsWith;
import static io.reflux.app.ModelCommandsTest.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.reflux.app.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlanCommandTest {
    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void writeModel() {
        model = GlyphsModel.write(folder.resolve("m.onnx"), 32);
    }

    private Invocation plan(Object... options) {
        Object[] all = new Object[options.length + 4];
        all[0] = "plan";
        all[1] = model;
        all[2] = "--calibration-samples";
        all[3] = 64;
        System.arraycopy(options, 0, all, 4, options.length);
        return Invocation.of(all);
    }

    @Test
    void plan_withinABudgetOfBytes_isReplayedToAFileThatKeepsIt() throws Exception {
        JsonNode result = json(plan("--budget-bytes", 17_000, "--json"));

        Path file = folder.resolve("m.plan.yaml");
        assertThat(result.path("plan").asText()).isEqualTo(file.toString());
        assertThat(result.path("layers")).hasSize(2);
        long told = result.path("chosen").path("bytes").asLong();
        assertThat(told).isBetween(12_544L, 17_000L);
        assertThat(result.path("chosen").path("divergence").asDouble())
                .isLessThan(
                        result.path("uniform").path("w2a8").path("divergence").asDouble());
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("m.plan.svg").toFile());

        JsonNode quantized =
                json(Invocation.of("quantize", model, "--plan", file, "--calibration-samples", 64, "--json"));
        assertThat(quantized.path("integers").path("bytes").asLong()).isEqualTo(told);
    }

    @Test
    void plan_madeAgainWithAnotherBudget_measuresNothingAnew() throws IOException {
        Invocation first = plan("--average-bits", 4);
        assertThat(first.exitCode()).as(first.err()).isEqualTo(ExitCode.OK);
        assertThat(first.out()).contains("w4a8 everywhere", "bits on average");
        assertThat(first.err()).contains("1/6 fc1: w2a8 ", "6/6 fc2: w8a8 ");
        String before = Files.readString(folder.resolve("m.plan.yaml"));

        JsonNode second = json(plan("--average-bits", 8, "--json"));
        assertThat(second.path("chosen").path("averageBits").asDouble()).isCloseTo(8, within(1e-9));
        assertThat(Files.readString(folder.resolve("m.plan.yaml")))
                .contains(before.lines()
                        .filter(line -> line.contains("sensitivity: "))
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    void plan_withinABudgetOfTime_timesTheLayers() throws IOException {
        JsonNode result = json(plan("--budget-ms", 1000, "--json"));

        assertThat(result.path("chosen").path("averageBits").asDouble()).isEqualTo(32);
        assertThat(folder.resolve("m.plan.yaml")).content().contains("\nmilliseconds: ", "extraMilliseconds: ");
        assertThat(plan("--budget-ms", 1e-6).err()).contains("reflux: budget: 0.0000 ms (expected: at least 0.");
    }

    @Test
    void plan_byTheHessian_isAPlanToo() throws IOException {
        Invocation plan = plan("--average-bits", 4, "--metric", "hessian");

        assertThat(plan.exitCode()).as(plan.err()).isEqualTo(ExitCode.OK);
        assertThat(plan.err()).contains("curvature: batch 2", "6/6 fc2: w8a8 ");
        assertThat(folder.resolve("m.plan.yaml")).content().contains("\nmetric: hessian\n");
    }

    @Test
    void plan_withSettingsThatAreWrong_isOneLine() {
        Invocation least = plan("--budget-bytes", 100);
        assertThat(least.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(least.err()).contains("reflux: budget: 100 bytes (expected: at least ");
        assertFailsWith(plan("--budget-ratio", 1.5), ExitCode.USAGE, "--budget-ratio: 1.5 (expected: > 0 and <= 1)");
        assertFailsWith(
                plan("--average-bits", 4, "--metric", "mse"),
                ExitCode.USAGE,
                "--metric: mse (expected: kl or hessian)");
        assertFailsWith(plan("--average-bits", -1), ExitCode.USAGE, "averageBits: -1.0 (expected: > 0)");
        assertFailsWith(
                plan("--average-bits", 4, "--weight-bits", "4,9"),
                ExitCode.USAGE,
                "weightBits: 9 (expected: 1 to 8, on target onnxruntime-cpu)");
        Invocation none = plan();
        assertThat(none.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("--budget-bytes=SIZE | --budget-ratio=RATIO");
        assertThat(folder.toFile().list()).containsExactly("m.onnx");
    }

    @Test
    void quantize_withAPlanThatDoesNotFit_isOneLine() throws IOException {
        Path plan = folder.resolve("plan.yaml");
        Files.writeString(
                plan,
                "network: abc\ntarget: onnxruntime-cpu\nlayers:\n- {name: fc1, weightBits: 4}\n- {name: fd2, weightBits: 4}\n");
        assertFailsWith(
                Invocation.of("quantize", model, "--plan", plan),
                ExitCode.FAILED,
                "plan.yaml:5: layers[1].name: fd2 (expected: fc2?)");
        assertFailsWith(
                Invocation.of("quantize", model, "--plan", plan, "--weight-bits", 4),
                ExitCode.USAGE,
                "--plan: " + plan + " (expected: none beside --weight-bits)");
    }
}

package io.reflux.student.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.plan.BitPlan;
import io.reflux.quantization.plan.LayerOption;
import io.reflux.quantization.plan.LayerProfile;
import io.reflux.quantization.plan.NetworkDigest;
import io.reflux.quantization.plan.NetworkProfile;
import io.reflux.student.failure.TrainingFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlanFileTest {
    private static final String ODD = "layer: \"2\" #";

    private static final ModelGraph GRAPH = ModelGraph.builder("two")
            .input("x", ElementType.FLOAT, -1, 2)
            .initializer(GraphTensor.of("w1", new long[] {2, 3}, new float[6]))
            .initializer(GraphTensor.of("w2", new long[] {3, 2}, new float[6]))
            .node("MatMul", "conv1", List.of("x", "w1"), List.of("h"))
            .node("MatMul", ODD, List.of("h", "w2"), List.of("logits"))
            .output("logits", ElementType.FLOAT, -1, 2)
            .build();

    private static final BitPlan PLAN = new BitPlan(
            new NetworkProfile(
                    NetworkDigest.of(GRAPH),
                    GRAPH.digest(),
                    "onnxruntime-cpu",
                    "kl",
                    256,
                    1000,
                    500,
                    0.625,
                    List.of(
                            new LayerProfile(
                                    "conv1",
                                    List.of(),
                                    6,
                                    List.of(
                                            new LayerOption(new LayerBits(4, 8), 12345678.0, 3, null),
                                            new LayerOption(LayerBits.FLOAT, 0, 24, -0.03125))),
                            new LayerProfile(
                                    ODD, List.of(), 6, List.of(new LayerOption(new LayerBits(2, 4), 1e-9, 2, 0.5))))),
            Map.of("conv1", LayerBits.FLOAT, ODD, new LayerBits(2, 4)));

    @TempDir
    private Path folder;

    @Test
    void plan_writtenAndRead_isTheSame() {
        Path file = folder.resolve("plan.yaml");
        PlanFile.write(PLAN, List.of("made by a test"), file);
        BitPlan read = PlanFile.read(file, GRAPH);
        assertThat(read.bits()).isEqualTo(PLAN.bits());
        assertThat(read.profile().layers().get(0).options().get(0).sensitivity())
                .isEqualTo(12345700.0);
        assertThat(read.profile().layers().get(1))
                .isEqualTo(PLAN.profile().layers().get(1));
        assertThat(read.profile().milliseconds()).isEqualTo(0.625);
        assertThat(file).content().contains("# made by a test\n").contains("name: \"layer: \\\"2\\\" #\"\n");
    }

    @Test
    void plan_ofNamesAndBitsAlone_isAPlan() {
        String text =
                "network: %s\ntarget: onnxruntime-cpu\nlayers:\n- {name: conv1, weightBits: 4}\n- {name: 'layer: \"2\" #', weightBits: 0}\n"
                        .formatted(NetworkDigest.of(GRAPH));
        assertThat(PlanFile.parse(text, "plan.yaml", GRAPH).bits())
                .containsExactly(Map.entry("conv1", new LayerBits(4, 8)), Map.entry(ODD, LayerBits.FLOAT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "conv1 -> conv9 | plan.yaml:14: layers[0].name: conv9 (expected: conv1?)",
                "`    weightBits: 2 -> weightBits: 9` | plan.yaml:22: layers[1].weightBits: 9 (expected: 1 to 8, on target onnxruntime-cpu)",
                "`    activationBits: 4 -> activationBits: 9` | plan.yaml:23: layers[1].activationBits: 9 (expected: 1 to 8, on target onnxruntime-cpu)",
                "`    weightBits: 2 -> weightBit: 2` | plan.yaml:22: layers[1].weightBit: unknown key (expected: weightBits?)",
                "`    weightBits: 2 -> weightBits: few` | plan.yaml:22: layers[1].weightBits: few (expected: an integer)",
                "onnxruntime-cpu -> coreml | plan.yaml:7: target: coreml (expected: onnxruntime-cpu or tensorrt)",
                "bytes: 3 -> bytes: -3 | plan.yaml:19: layers[0].options[0].bytes: -3 (expected: >= 0)",
            })
    void plan_changedBadly_isRefusedWithItsLine(String change, String message) {
        String[] parts = change.split(" -> ", 2);
        String indent = parts[0].startsWith(" ") ? "    " : "";
        String text = PlanText.of(PLAN, List.of()).replace(parts[0], indent + parts[1]);
        assertThatThrownBy(() -> PlanFile.parse(text, "plan.yaml", GRAPH))
                .isInstanceOf(TrainingFailure.class)
                .hasMessage(message);
    }

    @Test
    void plan_ofAnotherNetwork_isRefused() {
        String text = PlanText.of(PLAN, List.of()).replace(NetworkDigest.of(GRAPH), "abc");
        assertThatThrownBy(() -> PlanFile.parse(text, "plan.yaml", GRAPH))
                .hasMessage("plan.yaml:5: network: abc (expected: " + NetworkDigest.of(GRAPH) + ", that of two)");
    }

    @Test
    void plan_withoutALayer_isRefused() {
        String text = "network: %s\ntarget: onnxruntime-cpu\nlayers:\n- {name: conv1, weightBits: 4}\n"
                .formatted(NetworkDigest.of(GRAPH));
        assertThatThrownBy(() -> PlanFile.parse(text, "plan.yaml", GRAPH))
                .hasMessage(
                        "plan.yaml:3: layers: " + ODD + " is not among them (expected: every layer of the network)");
    }

    @Test
    void file_thatIsAbsent_isRefused() {
        Path file = folder.resolve("none.yaml");
        assertThatThrownBy(() -> PlanFile.read(file, GRAPH))
                .hasMessage(file + ": absent (expected: a plan of bits in YAML)");
    }
}

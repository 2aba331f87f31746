package io.reflux.quantization.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSetting;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.target.Target;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads what ONNX Runtime makes of quantised networks: every layer with a weight must run in integers. */
final class QuantizedZooTest {

    private static ModelGraph build(String name) {
        boolean text = name.equals("gpt") || name.equals("transformer-encoder");
        boolean grey = name.equals("mlp") || name.equals("lenet-5");
        List<Integer> shape = text ? List.of(64) : grey ? List.of(1, 28, 28) : List.of(3, 32, 32);
        Map<ZooSetting, Object> settings = new HashMap<>();
        if (name.equals("mlp")) {
            settings.put(ZooSetting.HIDDEN, List.of(64));
            settings.put(ZooSetting.DROPOUT, 0.5);
        }
        if (name.startsWith("mobilenet") || name.equals("vgg-small")) {
            settings.put(ZooSetting.WIDTH, 0.25);
        }
        return Zoo.build(new ZooSpec(name, shape, name.equals("gpt") ? 65 : 10, settings, null, 1));
    }

    private static QuantizedGraph quantize(ModelGraph graph, List<CalibrationBatch> batches) {
        return Quantizer.of(graph, QuantizationConfig.INT8).quantize(batches, 1);
    }

    /** SqueezeNet's last pooling gives the logits, which stay floats. */
    @ParameterizedTest
    @CsvSource({
        "mlp, 0",
        "lenet-5, 0",
        "resnet-8, 0",
        "resnet-20, 0",
        "mobilenet-v1, 0",
        "mobilenet-v2, 0",
        "vgg-small, 0",
        "squeezenet, 1"
    })
    void network_ofImages_runsInIntegers(String name, long dequantized) throws OrtException, IOException {
        ModelGraph graph = build(name);
        Map<String, Long> operators = OptimizedGraph.operators(
                quantize(graph, RandomBatches.of(graph, 1, 4, 1)).stored());
        assertThat(operators).doesNotContainKeys("Conv", "Gemm", "MatMul", "Relu", "Clip");
        assertThat(operators.getOrDefault("QLinearConv", 0L)).isEqualTo(count(graph, "Conv"));
        assertThat(operators.getOrDefault("QGemm", 0L)).isEqualTo(count(graph, "Gemm"));
        assertThat(operators.getOrDefault("QLinearAdd", 0L)).isEqualTo(count(graph, "Add"));
        // The image alone is quantised; all between the layers stays integers.
        assertThat(operators).containsEntry("QuantizeLinear", 1L);
        assertThat(operators.getOrDefault("DequantizeLinear", 0L)).isEqualTo(dequantized);
    }

    private static long count(ModelGraph graph, String operator) {
        return graph.nodes().stream()
                .filter(node -> node.operator().equals(operator))
                .count();
    }

    /** A quarter for the integers, and what scales, biases and nodes take in networks of 78,000 weights and more. */
    @ParameterizedTest
    @CsvSource({"lenet-5", "resnet-8", "resnet-20", "mobilenet-v1"})
    void network_ofImages_takesLittleMoreThanAQuarterOfItsBytes(String name) {
        ModelGraph graph = build(name);
        ModelGraph stored = quantize(graph, RandomBatches.of(graph, 1, 4, 1)).stored();
        assertThat((double) stored.byteSize()).isLessThan(0.27 * graph.byteSize());
    }

    /** In each of 4 blocks six products have weights, and two multiply activations, which stay floats. */
    @ParameterizedTest
    @CsvSource({"gpt", "transformer-encoder"})
    void network_ofText_runsItsWeightsInIntegers(String name) throws OrtException, IOException {
        ModelGraph graph = build(name);
        Map<String, Long> operators = OptimizedGraph.operators(
                quantize(graph, RandomBatches.of(graph, 1, 2, 1)).stored());
        assertThat(operators).containsEntry("MatMulIntegerToFloat", 24L).containsEntry("QGemm", 1L);
        assertThat(operators).doesNotContainKeys("Gemm");
        assertThat(operators.get("MatMul") + operators.get("FusedMatMul")).isEqualTo(8);
    }

    /** Whatever form the integers have in the file, ONNX Runtime folds what unpacks them. */
    @ParameterizedTest
    @CsvSource({"2, 25", "3, 21", "4, 21", "5, 17"})
    void network_ofFewBits_runsInIntegers(int bits, int opset) throws OrtException, IOException {
        ModelGraph graph = build("resnet-8");
        QuantizationConfig config = QuantizationConfig.INT8.withBits(bits, 8).withEndBits(2);
        ModelGraph stored = Quantizer.of(graph, config)
                .quantize(RandomBatches.of(graph, 1, 4, 1), 1)
                .stored();
        Map<String, Long> operators = OptimizedGraph.operators(stored);
        assertThat(stored.opset()).isEqualTo(opset);
        assertThat(operators)
                .containsOnlyKeys(
                        "QuantizeLinear",
                        "QLinearConv",
                        "QLinearAdd",
                        "QLinearGlobalAveragePool",
                        "QGemm",
                        "Add",
                        "Transpose",
                        // the image's fourth channel
                        "Gather",
                        "Flatten")
                .containsEntry("QLinearConv", count(graph, "Conv"))
                .containsEntry("QuantizeLinear", 1L);
    }

    /** Three engines' worth of the same arithmetic: floats that are fake-quantised by libtorch, and integers. */
    @ParameterizedTest
    @CsvSource({"lenet-5", "resnet-8", "gpt"})
    void stored_inOnnxRuntime_answersAsTheTrainableInLibtorch(String name) {
        ModelGraph graph = build(name);
        List<CalibrationBatch> batches = RandomBatches.of(graph, 2, 16, 2);
        QuantizedGraph quantized = quantize(graph, batches);
        ModelGraph stored = quantized.stored();
        try (OnnxRuntimeModel integers = OnnxRuntimeModel.open(stored, 1);
                TorchGraphModel fake = TorchGraphModel.open(quantized.trainable(), "cpu");
                OnnxRuntimeModel floats = OnnxRuntimeModel.open(graph, 1)) {
            Fidelity toFake = Fidelity.between(integers, fake, batches);
            Fidelity toFloats = Fidelity.between(integers, floats, batches);
            assertThat(toFake.agreement()).isGreaterThanOrEqualTo(0.999);
            assertThat(toFake.meanDifference()).isLessThan(toFloats.meanDifference() / 2);
        }
        assertThat((double) stored.byteSize()).isLessThan(0.3 * graph.byteSize());
    }

    @ParameterizedTest
    @CsvSource({"lenet-5", "resnet-8", "mobilenet-v2", "squeezenet"})
    void network_quantizedTwice_isAsQuantizedOnce(String name) {
        ModelGraph graph = build(name);
        List<CalibrationBatch> batches = RandomBatches.of(graph, 1, 2, 1);
        ModelGraph once = quantize(graph, batches).trainable();
        assertThat(quantize(once, batches).trainable().digest()).isEqualTo(once.digest());
        ModelGraph stored = quantize(graph, batches).stored();
        assertThat(quantize(stored, batches).stored().digest()).isEqualTo(stored.digest());
    }

    @Test
    void target_ofSymmetricActivations_hasZeroPointsOfZero() {
        ModelGraph graph = build("resnet-8");
        QuantizationConfig config = QuantizationConfig.INT8.withTarget(Target.TENSORRT);
        ModelGraph quantized = Quantizer.of(graph, config)
                .quantize(RandomBatches.of(graph, 1, 4, 1), 1)
                .stored();
        assertThat(quantized.nodes().stream()
                        .filter(node -> node.operator().equals("DequantizeLinear"))
                        .filter(node -> node.hasInput(2))
                        .map(node -> quantized.initializers().get(node.input(2))))
                .isNotEmpty()
                .allSatisfy(zeroPoint -> assertThat(zeroPoint.longs()).containsOnly(0L));
    }

    /** Integers cannot have statistics of a call: those that training has moved are folded. */
    @Test
    void normalisations_inTrainingMode_areFoldedWithTheirRunningStatistics() {
        ModelGraph evaluating = build("resnet-8");
        ModelGraph training = evaluating.toBuilder()
                .replaceNodes(evaluating.nodes().stream()
                        .map(QuantizedZooTest::inTrainingMode)
                        .toList())
                .build();
        List<CalibrationBatch> batches = RandomBatches.of(evaluating, 1, 4, 1);
        assertThat(training.digest()).isNotEqualTo(evaluating.digest());
        assertThat(quantize(training, batches).stored().digest())
                .isEqualTo(quantize(evaluating, batches).stored().digest());
    }

    private static GraphNode inTrainingMode(GraphNode node) {
        return node.operator().equals("BatchNormalization")
                ? new GraphNode(
                        node.name(),
                        node.operator(),
                        "",
                        node.inputs(),
                        node.outputs(),
                        node.attributes().withInt("training_mode", 1))
                : node;
    }
}

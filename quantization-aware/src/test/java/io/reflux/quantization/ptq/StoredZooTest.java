package io.reflux.quantization.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSetting;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.integers.IntegerArithmetic;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.storage.WeightBytes;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks of the zoo as files of 8, 4 and 2 bits, with activations in integers and in floats. */
final class StoredZooTest {

    /** Of a pair of an activation: two nodes, a scale, a zero point. */
    private static final int BYTES_OF_ACTIVATION = 130;

    /** Of a weight's own node, and of what unpacks it. */
    private static final int BYTES_OF_WEIGHT = 180;

    private static ModelGraph build(String name) {
        boolean text = name.equals("gpt") || name.equals("transformer-encoder");
        boolean grey = name.equals("lenet-5");
        List<Integer> shape = text ? List.of(16) : grey ? List.of(1, 28, 28) : List.of(3, 32, 32);
        Map<ZooSetting, Object> settings = name.startsWith("mobilenet") ? Map.of(ZooSetting.WIDTH, 0.25) : Map.of();
        return Zoo.build(new ZooSpec(name, shape, text ? 65 : 10, settings, null, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "lenet-5, 8, 8",
        "lenet-5, 4, 4",
        "lenet-5, 2, 2",
        "lenet-5, 8, 0",
        "lenet-5, 4, 0",
        "lenet-5, 2, 0",
        "resnet-8, 8, 8",
        "resnet-8, 2, 2",
        "resnet-8, 4, 0",
        "mobilenet-v2, 4, 4",
        "squeezenet, 2, 0",
        "gpt, 8, 8",
        "gpt, 4, 0",
        "gpt, 2, 2",
        "transformer-encoder, 4, 4",
        "transformer-encoder, 2, 0"
    })
    void network_stored_answersAsItsTrainingGraph_andTakesItsBits(String name, int weightBits, int activationBits) {
        ModelGraph graph = build(name);
        QuantizationConfig config =
                QuantizationConfig.INT8.withBits(weightBits, activationBits).withEndBits(2);
        Quantizer quantizer = Quantizer.of(graph, config);
        QuantizedGraph quantized = quantizer.quantize(RandomBatches.of(graph, 1, 8, 1), 1);
        ModelGraph stored = quantized.stored();
        List<CalibrationBatch> batches = RandomBatches.of(graph, 1, 32, 2);
        try (OnnxRuntimeModel real = OnnxRuntimeModel.open(stored, 1);
                TorchGraphModel fake = TorchGraphModel.open(quantized.trainable(), "cpu")) {
            assertThat(Fidelity.between(fake, real, batches).agreement()).isGreaterThanOrEqualTo(0.9);
        }
        assertThat(stored.byteSize()).isLessThanOrEqualTo(mostBytes(quantizer, weightBits));
    }

    /** Integer for integer: what is left is the order in which the last layer adds floats. */
    @ParameterizedTest
    @CsvSource({
        "lenet-5, 8, 8",
        "lenet-5, 1, 1",
        "resnet-8, 4, 8",
        "resnet-8, 2, 2",
        "resnet-20, 8, 8",
        "preresnet-20, 8, 8",
        "wrn-16-1, 8, 8",
        "mobilenet-v1, 8, 8",
        "mobilenet-v2, 8, 8",
        "mobilenet-v2, 4, 4",
        "squeezenet, 8, 8"
    })
    void network_ofConvolutions_hasTheIntegersOfItsTrainingGraph(String name, int weightBits, int activationBits) {
        assertIntegersOfTrainingGraph(build(name), weightBits, activationBits);
    }

    /** Its first layers have 8, 8 and 16 outputs: the second ends channels that are filled up, and begins others. */
    @Test
    void mobileNet_ofATenthOfItsWidth_hasTheIntegersOfItsTrainingGraph() {
        Map<ZooSetting, Object> settings = Map.of(ZooSetting.WIDTH, 0.1);
        assertIntegersOfTrainingGraph(
                Zoo.build(new ZooSpec("mobilenet-v1", List.of(3, 32, 32), 10, settings, null, 1)), 8, 8);
    }

    private static void assertIntegersOfTrainingGraph(ModelGraph graph, int weightBits, int activationBits) {
        QuantizationConfig config =
                QuantizationConfig.INT8.withBits(weightBits, activationBits).withEndBits(2);
        QuantizedGraph quantized = Quantizer.of(graph, config).quantize(RandomBatches.of(graph, 1, 8, 1), 1);
        List<CalibrationBatch> batches = RandomBatches.of(graph, 2, 16, 2);
        try (OnnxRuntimeModel real = OnnxRuntimeModel.open(quantized.stored(), 1);
                TorchGraphModel exact = TorchGraphModel.open(IntegerArithmetic.of(quantized.trainable()), "cpu")) {
            // One integer that differed would move a logit by 0.01 and more.
            assertThat(Fidelity.between(exact, real, batches).maxDifference()).isLessThan(1e-4);
        }
    }

    private static long mostBytes(Quantizer quantizer, int weightBits) {
        ModelGraph folded = quantizer.folded();
        long bytes = folded.byteSize();
        Set<String> weights = new HashSet<>();
        for (QuantizedWeight weight : quantizer.placement().weights()) {
            long[] shape = folded.initializers().get(weight.tensor()).shape();
            bytes += WeightBytes.of(shape, weight.granularity(), weightBits) + BYTES_OF_WEIGHT;
            if (weights.add(weight.tensor())) {
                bytes -= WeightBytes.inFloats(shape);
            }
        }
        return bytes
                + (long) BYTES_OF_ACTIVATION
                        * quantizer.placement().activations().size();
    }
}

package io.reflux.quantization.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.placement.WeightGroups;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products that read floats and have integers as weights. */
final class WeightOnlyTest {

    private static final int IN = 96;

    private static final int OUT = 64;

    private static float[] random(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** x·W₁ → Relu → Gemm of W₂ᵀ with its bias → Gemm of W₃ with its bias. */
    private static ModelGraph products() {
        return ModelGraph.builder("products")
                .input("x", ElementType.FLOAT, -1, IN)
                .output("y", ElementType.FLOAT, -1, OUT)
                .initializer(GraphTensor.of("w1", new long[] {IN, OUT}, random(IN * OUT, 1)))
                .initializer(GraphTensor.of("w2", new long[] {OUT, OUT}, random(OUT * OUT, 2)))
                .initializer(GraphTensor.of("b2", new long[] {OUT}, random(OUT, 3)))
                .initializer(GraphTensor.of("w3", new long[] {OUT, OUT}, random(OUT * OUT, 4)))
                .initializer(GraphTensor.of("b3", new long[] {OUT}, random(OUT, 5)))
                .node("MatMul", "first", List.of("x", "w1"), List.of("a"))
                .node("Relu", "relu", List.of("a"), List.of("r"))
                .node("Gemm", "second", List.of("r", "w2", "b2"), List.of("c"), Attributes.NONE.withInt("transB", 1))
                .node("Gemm", "third", List.of("c", "w3", "b3"), List.of("y"))
                .build();
    }

    private static QuantizedGraph quantize(int bits, WeightGroups groups) {
        QuantizationConfig config =
                QuantizationConfig.INT8.withBits(bits, 0).withEndBits(2).withGroups(groups);
        return Quantizer.of(products(), config).quantize(List.of(), 1);
    }

    /** ONNX Runtime quantises what the product reads, too, in blocks of 8 bits: its logits differ by some thousandths. */
    @ParameterizedTest
    @CsvSource({
        "8, 0, false, INT8",
        "8, 32, false, INT8",
        "8, 32, true, UINT8",
        "4, 0, false, INT4",
        "4, 16, false, INT4",
        "4, 32, false, INT4",
        "4, 32, true, UINT4",
        "4, 128, false, INT4",
        "3, 32, false, INT4",
        "2, 32, false, INT2",
        "2, 32, true, UINT2"
    })
    void products_ofFloats_multiplyWithIntegers(int bits, int size, boolean asymmetric, ElementType type)
            throws OrtException, IOException {
        QuantizedGraph quantized = quantize(bits, new WeightGroups(size, asymmetric));
        ModelGraph stored = quantized.stored();
        assertThat(OptimizedGraph.operators(stored)).isEqualTo(Map.of("MatMulNBits", 3L, "LeakyRelu", 1L));
        for (String weight : List.of("w1", "w2", "w3")) {
            assertThat(stored.initializers().get(weight).type()).isEqualTo(type);
        }
        List<CalibrationBatch> batches = List.of(new CalibrationBatch(Inputs.of(random(500 * IN, 9)), 500));
        try (OnnxRuntimeModel integers = OnnxRuntimeModel.open(stored, 1);
                TorchGraphModel read = TorchGraphModel.open(stored, "cpu");
                TorchGraphModel trained = TorchGraphModel.open(quantized.trainable(), "cpu")) {
            Fidelity toFile = Fidelity.between(trained, integers, batches);
            Fidelity toRead = Fidelity.between(trained, read, batches);
            assertThat(toRead.agreement()).isEqualTo(1);
            assertThat(toFile.agreement()).isGreaterThan(0.97);
            assertThat(toFile.meanDifference()).isLessThan(0.02 * 10 * 10 * 10);
        }
    }

    /** Both bounds, as of Relu6, or one of them. */
    @ParameterizedTest
    @CsvSource({"lo, hi, Max Min", "lo, '', Max", "'', hi, Min"})
    void clip_behindAProduct_leavesItInIntegers(String least, String most, String operators)
            throws OrtException, IOException {
        List<String> clip = most.isEmpty() ? List.of("a", least) : List.of("a", least, most);
        ModelGraph graph = ModelGraph.builder("clipped")
                .input("x", ElementType.FLOAT, -1, IN)
                .output("y", ElementType.FLOAT, -1, OUT)
                .initializer(GraphTensor.of("w1", new long[] {IN, OUT}, random(IN * OUT, 1)))
                .initializer(GraphTensor.of("w2", new long[] {OUT, OUT}, random(OUT * OUT, 2)))
                .initializer(GraphTensor.of("lo", new long[0], new float[] {-1}))
                .initializer(GraphTensor.of("hi", new long[0], new float[] {6}))
                .node("MatMul", "first", List.of("x", "w1"), List.of("a"))
                .node("Clip", "clip", clip, List.of("r"))
                .node("MatMul", "second", List.of("r", "w2"), List.of("y"))
                .build();
        QuantizedGraph quantized =
                Quantizer.of(graph, QuantizationConfig.INT8.withBits(8, 0)).quantize(List.of(), 1);
        ModelGraph stored = quantized.stored();
        Map<String, Long> expected = new HashMap<>(Map.of("MatMulNBits", 2L));
        for (String operator : operators.split(" ")) {
            expected.put(operator, 1L);
        }
        assertThat(OptimizedGraph.operators(stored)).isEqualTo(expected);
        List<CalibrationBatch> batches = List.of(new CalibrationBatch(Inputs.of(random(200 * IN, 9)), 200));
        try (TorchGraphModel read = TorchGraphModel.open(stored, "cpu");
                TorchGraphModel trained = TorchGraphModel.open(quantized.trainable(), "cpu")) {
            assertThat(Fidelity.between(trained, read, batches).maxDifference()).isLessThan(1e-3);
        }
    }

    /** ONNX Runtime 1.29 multiplies 2-bit weights wrongly whose rows end inside a byte; behind a Cast it does not. */
    @ParameterizedTest
    @CsvSource({"2, INT2", "4, INT4"})
    void outputs_thatFillNoByte_areRight(int bits, ElementType type) {
        ModelGraph graph = ModelGraph.builder("ten")
                .input("x", ElementType.FLOAT, -1, IN)
                .output("y", ElementType.FLOAT, -1, 10)
                .initializer(GraphTensor.of("w", new long[] {IN, 10}, random(IN * 10, 1)))
                .node("MatMul", "product", List.of("x", "w"), List.of("y"))
                .build();
        QuantizationConfig config =
                QuantizationConfig.INT8.withBits(bits, 0).withEndBits(2).withGroups(new WeightGroups(32, false));
        QuantizedGraph quantized = Quantizer.of(graph, config).quantize(List.of(), 1);
        assertThat(quantized.stored().initializers().get("w").type()).isEqualTo(type);
        List<CalibrationBatch> batches = List.of(new CalibrationBatch(Inputs.of(random(500 * IN, 9)), 500));
        try (OnnxRuntimeModel integers = OnnxRuntimeModel.open(quantized.stored(), 1);
                TorchGraphModel trained = TorchGraphModel.open(quantized.trainable(), "cpu")) {
            assertThat(Fidelity.between(trained, integers, batches).agreement()).isGreaterThan(0.97);
        }
    }

    /** 4 bits, and a scale of 32 for each 32 of them: 5 bits. */
    @Test
    void groups_takeTheirScales() {
        ModelGraph stored = quantize(4, new WeightGroups(32, false)).stored();
        long elements = IN * OUT + 2 * OUT * OUT;
        assertThat(stored.byteSize()).isBetween(elements * 5 / 8 + 8L * OUT, elements * 5 / 8 + 8L * OUT + 700);
    }

    /** More scales fit the weights better. */
    @Test
    void error_shrinksWithTheGroups() {
        ModelGraph graph = products();
        List<CalibrationBatch> batches = List.of(new CalibrationBatch(Inputs.of(random(50 * IN, 9)), 50));
        double last = Double.MAX_VALUE;
        for (WeightGroups groups : List.of(
                WeightGroups.NONE,
                new WeightGroups(64, false),
                new WeightGroups(16, false),
                new WeightGroups(16, true))) {
            try (TorchGraphModel floats = TorchGraphModel.open(graph, "cpu");
                    TorchGraphModel integers =
                            TorchGraphModel.open(quantize(4, groups).trainable(), "cpu")) {
                double error = Fidelity.between(floats, integers, batches).meanDifference();
                assertThat(error).isLessThan(last);
                last = error;
            }
        }
    }

    @Test
    void groups_thatNoEngineHas_areRefused() {
        assertThatThrownBy(() -> new WeightGroups(24, false))
                .hasMessage("groupSize: 24 (expected: 0, 16, 32, 64, 128 or 256)");
        assertThatThrownBy(() -> new WeightGroups(0, true))
                .hasMessage("asymmetric: true (expected: false, since groupSize is 0)");
        assertThatThrownBy(() -> QuantizationConfig.INT8.withGroups(new WeightGroups(32, false)))
                .hasMessage("groupSize: 32 (expected: 0, since activationBits is 8)");
    }

    @Test
    void graph_storedWithGroups_isLeftAsItIs() {
        ModelGraph stored = quantize(4, new WeightGroups(32, true)).stored();
        QuantizationConfig config = QuantizationConfig.INT8.withBits(4, 0).withGroups(new WeightGroups(32, true));
        assertThat(Quantizer.of(stored, config).quantize(List.of(), 1).stored()).isSameAs(stored);
    }
}

package io.reflux.quantization.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.observer.ObserverConfig;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.rounding.RoundingConfig;
import io.reflux.quantization.rounding.RoundingTarget;
import io.reflux.quantization.target.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QuantizerTest {

    private static final QuantizationConfig INT8 = QuantizationConfig.INT8.withObserver(new ObserverConfig.MinMax());

    private static float[] random(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** x·w₁ → Relu → ·w₂, where both weights may be one initialiser. */
    private static ModelGraphBuilder twoLayers(float[] weight, String second) {
        return ModelGraph.builder("two")
                .input("x", ElementType.FLOAT, -1, 4)
                .output("y", ElementType.FLOAT, -1, 4)
                .initializer(GraphTensor.of("w", new long[] {4, 4}, weight))
                .node("MatMul", "first", List.of("x", "w"), List.of("a"))
                .node("Relu", "relu", List.of("a"), List.of("b"))
                .node("MatMul", "second", List.of("b", second), List.of("y"));
    }

    private static List<CalibrationBatch> batches() {
        return List.of(new CalibrationBatch(Inputs.of(random(64, 9)), 16));
    }

    private static QuantizedGraph quantize(ModelGraph graph) {
        return Quantizer.of(graph, INT8).quantize(batches(), 1);
    }

    @Test
    void weight_ofTwoLayers_isStoredOnce() {
        ModelGraph stored = quantize(twoLayers(random(16, 1), "w").build()).stored();
        assertThat(stored.initializers().values())
                .filteredOn(tensor -> tensor.type() == ElementType.INT8 && tensor.size() == 16)
                .hasSize(1);
    }

    @Test
    void weight_alsoReadInFloats_staysBeside() {
        ModelGraph graph = twoLayers(random(16, 1), "w")
                .output("sum", ElementType.FLOAT, 4, 4)
                .node("Add", "add", List.of("w", "w"), List.of("sum"))
                .build();
        assertThat(quantize(graph).stored().initializers().get("w").type()).isEqualTo(ElementType.FLOAT);
    }

    @Test
    void channel_ofZeros_isNoticedAndStaysZero() {
        float[] weight = random(16, 1);
        for (int row = 0; row < 4; row++) {
            weight[row * 4 + 2] = 0;
        }
        ModelGraph graph = twoLayers(weight, "w").build();
        QuantizedGraph quantized = quantize(graph);
        assertThat(quantized.notices()).containsExactly("weight w: 1 of 4 channels are all 0");
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(quantized.stored(), 1)) {
            float[] y = model.logits(random(4, 5), 1);
            assertThat(y[2]).isZero();
        }
    }

    /** A bias counts units of inputScale · weightScale, which must be neither too large for it nor so small that 32 bits end. */
    @ParameterizedTest
    @CsvSource({"0, 8", "1e-4, 8", "1e-9, 8", "1e-12, 8", "1e-30, 8", "0, 4", "1e-12, 4", "0, 2", "1e-12, 2", "1e-12, 1"
    })
    void weights_ofNextToNothing_leaveTheirBiases(float magnitude, int bits) {
        float[] weight = random(16, 1);
        for (int i = 0; i < weight.length; i++) {
            weight[i] *= magnitude;
        }
        ModelGraph graph = ModelGraph.builder("biases")
                .input("x", ElementType.FLOAT, -1, 4)
                .output("y", ElementType.FLOAT, -1, 4)
                .initializer(GraphTensor.of("w", new long[] {4, 4}, weight))
                .initializer(GraphTensor.of("b", new long[] {4}, new float[] {0.003f, 0.7f, 1.1f, 2}))
                .initializer(GraphTensor.of("v", new long[] {4, 4}, random(16, 2)))
                .node("Gemm", "first", List.of("x", "w", "b"), List.of("a"))
                .node("Relu", "relu", List.of("a"), List.of("r"))
                .node("MatMul", "second", List.of("r", "v"), List.of("y"))
                .build();
        for (RefinementConfig refinement :
                List.of(RefinementConfig.NONE, new RefinementConfig(true, true, RoundingConfig.NEAREST))) {
            ModelGraph stored = Quantizer.of(
                            graph,
                            INT8.withRefinement(refinement),
                            node -> new LayerBits(node.name().equals("first") ? bits : 8, 8))
                    .quantize(batches(), 1)
                    .stored();
            try (OnnxRuntimeModel floats = OnnxRuntimeModel.open(graph, 1);
                    OnnxRuntimeModel integers = OnnxRuntimeModel.open(stored, 1)) {
                assertThat(Fidelity.between(floats, integers, batches()).maxDifference())
                        .isLessThan(0.05);
            }
        }
    }

    /** With all of x at one value, and with x at 0, there is a scale to divide by. */
    @ParameterizedTest
    @ValueSource(floats = {0, 2.5f, -1e-30f})
    void activations_thatAreConstant_areQuantized(float value) {
        float[] x = {value, value, value, value};
        ModelGraph graph = twoLayers(random(16, 1), "w").build();
        List<CalibrationBatch> constant = List.of(new CalibrationBatch(Inputs.of(x), 1));
        ModelGraph stored = Quantizer.of(graph, INT8).quantize(constant, 1).stored();
        try (OnnxRuntimeModel floats = OnnxRuntimeModel.open(graph, 1);
                OnnxRuntimeModel integers = OnnxRuntimeModel.open(stored, 1)) {
            assertThat(Fidelity.between(floats, integers, constant).maxDifference())
                    .isLessThan(0.03 * Math.max(1, Math.abs(value)));
        }
    }

    /** Signs have no integer between them that rounding could choose. */
    @ParameterizedTest
    @EnumSource(RoundingTarget.class)
    void weights_ofOneBit_stayTheirSignsWhereRoundingIsLearned(RoundingTarget target) {
        float[] weight = random(16, 1);
        ModelGraph graph = twoLayers(weight, "v")
                .initializer(GraphTensor.of("v", new long[] {4, 4}, random(16, 2)))
                .build();
        RoundingConfig learned = new RoundingConfig.Learned(target, 20, 0.01, 1);
        ModelGraph trainable = Quantizer.of(
                        graph,
                        INT8.withRefinement(new RefinementConfig(false, false, learned)),
                        node -> new LayerBits(node.name().equals("first") ? 1 : 4, 8))
                .quantize(batches(), 1)
                .trainable();

        assertThat(trainable.initializers().get("w").floats()).containsExactly(weight);
        assertThat(trainable.initializers().get("v").floats()).isNotEqualTo(random(16, 2));
    }

    @Test
    void graph_quantizedAlready_isContinued() {
        ModelGraph graph = twoLayers(random(16, 1), "v")
                .initializer(GraphTensor.of("v", new long[] {4, 4}, random(16, 2)))
                .build();
        ModelGraph half = Quantizer.of(graph, INT8.withKeep(List.of("second")))
                .quantize(batches(), 1)
                .stored();
        assertThat(half.initializers().get("v").type()).isEqualTo(ElementType.FLOAT);
        assertThat(half.initializers().get("w").type()).isEqualTo(ElementType.INT8);
        QuantizedGraph whole = quantize(half);
        assertThat(whole.layers()).containsExactly("first", "second");
        assertThat(whole.stored().initializers().get("v").type()).isEqualTo(ElementType.INT8);
        assertThat(quantize(whole.stored()).trainable().digest())
                .isEqualTo(whole.stored().digest());
        assertThat(quantize(whole.stored()).notices()).containsExactly("the graph is quantised already");
    }

    @Test
    void layer_keptInFloats_isNoticed() {
        QuantizedGraph quantized = Quantizer.of(twoLayers(random(16, 1), "w").build(), INT8.withKeep(List.of("fir*")))
                .quantize(batches(), 1);
        assertThat(quantized.layers()).containsExactly("second");
        assertThat(quantized.notices()).containsExactly("in floats: first (MatMul)");
    }

    @Test
    void weight_notFinite_isNamed() {
        float[] weight = random(16, 1);
        weight[3] = Float.NaN;
        ModelGraph graph = twoLayers(weight, "w").build();
        assertThatThrownBy(() -> Quantizer.of(graph, INT8))
                .isInstanceOf(ModelException.class)
                .hasMessage("two: weight w: NaN among its values (expected: finite)");
    }

    @Test
    void calibration_withoutData_isRefused() {
        Quantizer quantizer = Quantizer.of(twoLayers(random(16, 1), "w").build(), INT8);
        assertThatThrownBy(() -> quantizer.quantize(List.of(), 1))
                .hasMessage("calibration: 0 samples (expected: at least 1)");
    }

    @Test
    void calibration_withNaN_namesTheTensor() {
        Quantizer quantizer = Quantizer.of(twoLayers(random(16, 1), "w").build(), INT8);
        CalibrationBatch bad = new CalibrationBatch(Inputs.of(new float[] {1, Float.NaN, 0, 0}), 1);
        assertThatThrownBy(() -> quantizer.quantize(List.of(bad), 1))
                .hasMessage("calibration batch 0: tensor x: NaN among its values (expected: finite)");
    }

    @Test
    void graph_withoutLayers_isRefused() {
        ModelGraph graph = ModelGraph.builder("relu")
                .input("x", ElementType.FLOAT, -1, 4)
                .output("y", ElementType.FLOAT, -1, 4)
                .node("Relu", "relu", List.of("x"), List.of("y"))
                .build();
        assertThatThrownBy(() -> Quantizer.of(graph, INT8))
                .hasMessage("relu: no layer to quantise (expected: a Conv, Gemm or MatMul with a constant weight that"
                        + " is not kept in floats)");
    }

    @Test
    void bits_thatATargetLacks_areRefused() {
        assertThatThrownBy(() -> INT8.withTarget(Target.TENSORRT).withBits(4, 8))
                .hasMessage("weightBits: 4 (expected: 8, on target tensorrt)");
        assertThatThrownBy(() -> INT8.withBits(8, 16))
                .hasMessage("activationBits: 16 (expected: 1 to 8, on target onnxruntime-cpu)");
        assertThatThrownBy(() -> Target.of("tpu")).hasMessage("target: tpu (expected: onnxruntime-cpu or tensorrt)");
    }

    @Test
    void bits_ofTheFirstAndTheLastLayer_areAtLeastTheirs() {
        ModelGraph stored = Quantizer.of(twoLayers(random(16, 1), "w").build(), INT8.withBits(4, 3))
                .quantize(batches(), 1)
                .stored();
        assertThat(stored.nodes()).noneMatch(node -> node.operator().equals("Clip"));
    }

    /** Weights first, activations in a second pass, as they are when the observers come late. */
    @Test
    void activations_inASecondPass_endWhereOnePassDoes() {
        ModelGraph graph = twoLayers(random(16, 1), "w").build();
        QuantizedGraph weights = Quantizer.of(graph, INT8.withBits(8, 0)).quantize(List.of(), 1);
        assertThat(weights.trainable().nodes())
                .filteredOn(node -> node.operator().equals("QuantizeLinear"))
                .hasSize(1);
        ModelGraph twice = quantize(weights.trainable()).stored();
        List<CalibrationBatch> batches = batches();
        try (OnnxRuntimeModel a = OnnxRuntimeModel.open(twice, 1);
                OnnxRuntimeModel b = OnnxRuntimeModel.open(quantize(graph).stored(), 1)) {
            assertThat(Fidelity.between(a, b, batches).meanDifference()).isLessThan(0.01);
        }
        assertThat(twice.nodes())
                .filteredOn(node -> node.operator().equals("QuantizeLinear"))
                .hasSize(2);
    }

    /** 4-bit weights and 3-bit activations: the codes lie in [-8, 7], and a Clip keeps the activations in [0, 7]. */
    @Test
    void bits_fewerThan8_areBoundedInBothEngines() {
        ModelGraph graph = twoLayers(random(16, 1), "w").build();
        QuantizedGraph quantized =
                Quantizer.of(graph, INT8.withBits(4, 3).withEndBits(2)).quantize(batches(), 1);
        ModelGraph stored = quantized.stored();
        assertThat(Arrays.stream(stored.initializers().get("w").longs())).allMatch(code -> code >= -8 && code <= 7);
        assertThat(stored.nodes().stream().map(GraphNode::operator)).contains("Clip");
        List<CalibrationBatch> outside = List.of(new CalibrationBatch(Inputs.of(random(4000, 3)), 1000));
        try (OnnxRuntimeModel integers = OnnxRuntimeModel.open(stored, 1);
                TorchGraphModel fake = TorchGraphModel.open(quantized.trainable(), "cpu")) {
            Fidelity fidelity = Fidelity.between(integers, fake, outside);
            assertThat(fidelity.agreement()).isGreaterThan(0.995);
            assertThat(fidelity.meanDifference()).isLessThan(1e-3);
        }
    }
}

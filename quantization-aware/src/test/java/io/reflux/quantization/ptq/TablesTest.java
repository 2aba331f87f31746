package io.reflux.quantization.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.Operators;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.rewrite.TableInsertion;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings of tokens and of positions. */
final class TablesTest {

    private static final QuantizationConfig INT8 = QuantizationConfig.INT8;

    private static ModelGraph build(String name) {
        return Zoo.build(new ZooSpec(name, List.of(16), 65, Map.of(), null, 1));
    }

    private static QuantizedGraph quantize(ModelGraph graph, QuantizationConfig config) {
        return Quantizer.of(graph, config).quantize(RandomBatches.of(graph, 1, 4, 1), 1);
    }

    private static long tables(ModelGraph graph, ElementType type) {
        return graph.initializers().values().stream()
                .filter(tensor -> tensor.type() == type && tensor.name().endsWith(".embedding"))
                .count();
    }

    @ParameterizedTest
    @CsvSource({"gpt, 0.28", "transformer-encoder, 0.28"})
    void embeddings_areIntegers_andAnswersTheSame(String name, double share) {
        ModelGraph graph = build(name);
        QuantizedGraph quantized = quantize(graph, INT8);
        ModelGraph stored = quantized.stored();
        assertThat(tables(stored, ElementType.INT8)).isEqualTo(2);
        assertThat(tables(stored, ElementType.FLOAT)).isZero();
        assertThat((double) stored.byteSize()).isLessThan(share * graph.byteSize());
        List<CalibrationBatch> batches = RandomBatches.of(graph, 1, 32, 2);
        try (OnnxRuntimeModel real = OnnxRuntimeModel.open(stored, 1);
                TorchGraphModel read = TorchGraphModel.open(stored, "cpu");
                TorchGraphModel fake = TorchGraphModel.open(quantized.trainable(), "cpu")) {
            assertThat(Fidelity.between(fake, real, batches).agreement()).isGreaterThan(0.99);
            assertThat(Fidelity.between(fake, read, batches).agreement()).isGreaterThan(0.99);
        }
    }

    /** The head of a GPT is its embedding: one tensor of integers, one of scales. */
    @Test
    void table_thatIsALayersWeight_isStoredOnce() throws OrtException, IOException {
        ModelGraph stored = quantize(build("gpt"), INT8).stored();
        assertThat(stored.initializers().values())
                .filteredOn(tensor -> tensor.size() == 65 * 128)
                .extracting(GraphTensor::describe)
                .containsExactly("INT8[65, 128]");
        assertThat(stored.nodes())
                .filteredOn(node -> node.inputs().contains("tokens.embedding"))
                .extracting(node -> node.operator())
                .containsExactlyInAnyOrder("Gather", "DequantizeLinear");
        assertThat(OptimizedGraph.operators(stored)).containsEntry("QGemm", 1L);
    }

    /** Only gathered rows become floats: nothing of the table's size is dequantised in a call. */
    @Test
    void rows_areGatheredAsIntegers() {
        ModelGraph stored = quantize(build("transformer-encoder"), INT8).stored();
        assertThat(stored.nodes())
                .filteredOn(node -> node.inputs().contains("tokens.embedding"))
                .extracting(node -> node.operator())
                .containsExactly("Gather");
    }

    /** What is added to the scores of attention, as exporters write it. */
    @Test
    void mask_ofInfinities_staysAsItIs() {
        float[] mask = new float[32 * 32];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % 32 > i / 32 ? Float.NEGATIVE_INFINITY : 0;
        }
        ModelGraph graph = ModelGraph.builder("masked")
                .input("x", ElementType.FLOAT, 32, 32)
                .output("y", ElementType.FLOAT, 32, 32)
                .initializer(GraphTensor.of("w", new long[] {32, 32}, new float[32 * 32]))
                .initializer(GraphTensor.of("mask", new long[] {32, 32}, mask))
                .node("MatMul", "product", List.of("x", "w"), List.of("scores"))
                .node("Add", "masked", List.of("scores", "mask"), List.of("sums"))
                .node("Softmax", "softmax", List.of("sums"), List.of("y"))
                .build();
        ModelGraph stored = Quantizer.of(graph, INT8)
                .quantize(List.of(new CalibrationBatch(Inputs.of(new float[32 * 32]), 32)), 1)
                .stored();
        assertThat(stored.initializers().get("mask").floats()).containsExactly(mask);
    }

    @Test
    void embedding_notFinite_isNamed() {
        ModelGraph graph = build("transformer-encoder");
        GraphTensor table = graph.initializers().get("tokens.embedding");
        float[] values = table.floats();
        values[5] = Float.NaN;
        ModelGraph broken =
                graph.withInitializers(Map.of(table.name(), GraphTensor.of(table.name(), table.shape(), values)));
        assertThatThrownBy(() -> TableInsertion.insert(broken, Set.of()))
                .hasMessageEndingWith(": table tokens.embedding: values that are not finite (expected: finite)");
    }

    @Test
    void table_ofAKeptNode_staysFloats() {
        ModelGraph stored = quantize(build("transformer-encoder"), INT8.withKeep(List.of("embed")))
                .stored();
        assertThat(tables(stored, ElementType.FLOAT)).isEqualTo(1);
        assertThat(tables(stored, ElementType.INT8)).isEqualTo(1);
    }

    @Test
    void table_behindItsPair_trains() {
        ModelGraph trainable = quantize(build("transformer-encoder"), INT8).trainable();
        assertThat(Operators.roles(trainable))
                .containsEntry("tokens.embedding", InitializerRole.PARAMETER)
                .containsEntry("positions.embedding", InitializerRole.PARAMETER);
    }

    @ParameterizedTest
    @CsvSource({"gpt", "transformer-encoder"})
    void network_quantizedTwice_isAsQuantizedOnce(String name) {
        ModelGraph graph = build(name);
        QuantizedGraph once = quantize(graph, INT8);
        assertThat(quantize(once.stored(), INT8).stored().digest())
                .isEqualTo(once.stored().digest());
        assertThat(quantize(once.trainable(), INT8).trainable().digest())
                .isEqualTo(once.trainable().digest());
    }

    /** Few bits for all, the embedding that is the head among them. */
    @Test
    void table_ofFewBits_isPackedOnce() {
        ModelGraph graph = build("gpt");
        QuantizedGraph quantized = quantize(graph, INT8.withBits(4, 8).withEndBits(4));
        ModelGraph stored = quantized.stored();
        assertThat(stored.initializers().get("tokens.embedding").type()).isEqualTo(ElementType.INT4);
        List<CalibrationBatch> batches = RandomBatches.of(graph, 1, 32, 2);
        try (OnnxRuntimeModel real = OnnxRuntimeModel.open(stored, 1);
                TorchGraphModel fake = TorchGraphModel.open(quantized.trainable(), "cpu")) {
            assertThat(Fidelity.between(fake, real, batches).agreement()).isGreaterThan(0.99);
        }
    }
}

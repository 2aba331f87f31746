package io.reflux.quantization.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.QuantizedGraph;
import io.reflux.quantization.ptq.Quantizer;
import io.reflux.quantization.sensitivity.Divergence;
import io.reflux.quantization.sensitivity.KlSensitivity;
import io.reflux.quantization.sensitivity.Sensitivity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProfilerTest {

    private static final List<LayerBits> BITS = List.of(new LayerBits(2, 8), new LayerBits(4, 8), new LayerBits(8, 8));

    private static List<CalibrationBatch> batches() {
        return List.of(new CalibrationBatch(Inputs.of(numbers(16 * 784)), 16));
    }

    private static float[] numbers(int count) {
        Random random = new Random(3);
        float[] values = new float[count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void lenet5_inTwoFourAndEightBits_losesMoreWithFewerBits() {
        ModelGraph graph = Zoo.build(ZooSpec.of(Zoo.LENET_5));
        Divergence divergence = Divergence.of(graph, QuantizationConfig.INT8, batches(), 1);
        Profiler profiler =
                new Profiler(graph, QuantizationConfig.INT8, divergence, new KlSensitivity(divergence), BITS);
        List<String> heard = new ArrayList<>();
        NetworkProfile profile =
                profiler.measure(16, null, (done, total, layer, option) -> heard.add(done + "/" + total + " " + layer));
        assertThat(profile.layers()).hasSize(4).allSatisfy(layer -> {
            assertThat(layer.options()).extracting(LayerOption::bits).startsWith(BITS.toArray(new LayerBits[0]));
            assertThat(layer.options())
                    .hasSize(4)
                    .last()
                    .extracting(LayerOption::bits)
                    .isEqualTo(LayerBits.FLOAT);
            assertThat(layer.options().get(0).sensitivity())
                    .isGreaterThan(layer.options().get(1).sensitivity());
            assertThat(layer.options().get(1).sensitivity())
                    .isGreaterThan(layer.options().get(2).sensitivity());
        });
        assertThat(heard)
                .hasSize(12)
                .first()
                .isEqualTo("1/12 " + profile.layers().get(0).name());
        assertThat(heard).last().isEqualTo("12/12 " + profile.layers().get(3).name());

        // A plan of 8 bits everywhere is the file that was measured to the byte; one of fewer bits is not smaller yet.
        BitPlan eight = Allocator.allocate(
                profile, new Budget.AverageBits(8), option -> option.bits().weights() == 8);
        long bytes = divergence.quantized(eight.choice()).stored().byteSize();
        long told = profile.otherBytes()
                + profile.layers().stream()
                        .mapToLong(layer ->
                                layer.option(new LayerBits(8, 8)).orElseThrow().bytes())
                        .sum();
        assertThat(bytes).isEqualTo(told);

        // Nothing is measured again that is known.
        Sensitivity unasked = new Sensitivity() {
            @Override
            public String metric() {
                return KlSensitivity.METRIC;
            }

            @Override
            public double of(List<String> layers, LayerBits bits, QuantizedGraph quantized) {
                throw new AssertionError("measured again: " + layers);
            }
        };
        NetworkProfile cached = new Profiler(graph, QuantizationConfig.INT8, divergence, unasked, BITS)
                .measure(16, profile, ProfileListener.NONE);
        assertThat(cached).isEqualTo(profile);
    }

    /** Their tables are no layers, but the file that a plan is replayed to has them in 8 bits; a GPT's is its head's weight, too. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt", "transformer-encoder"})
    void networkWithTables_isToldTheBytesThatItsFileWillHave(String name) {
        ModelGraph graph = Zoo.build(new ZooSpec(name, List.of(16), 65, Map.of(), null, 1));
        List<CalibrationBatch> tokens = List.of(new CalibrationBatch(Inputs.of(new long[16]), 1));
        Divergence divergence = Divergence.of(graph, QuantizationConfig.INT8, tokens, 1);
        NetworkProfile profile = new Profiler(
                        graph, QuantizationConfig.INT8, divergence, new FewerBitsLoseMore(), BITS.subList(1, 3))
                .measure(1, null, ProfileListener.NONE);

        // In floats the tables alone would take more.
        Budget.Bytes budget = new Budget.Bytes(graph.byteSize() * 23 / 100);
        MeasuredPlan chosen =
                Planner.plan(profile, budget, option -> !option.bits().isFloat(), divergence);

        assertThat(chosen.bytes()).isLessThanOrEqualTo(budget.bytes()).isGreaterThan(budget.bytes() * 9 / 10);
        assertThat(Quantizer.of(graph, QuantizationConfig.INT8, chosen.plan().choice())
                        .quantize(tokens, 1)
                        .stored()
                        .byteSize())
                .isEqualTo(chosen.bytes());
        MeasuredPlan eight = MeasuredPlan.of(ParetoFront.uniform(profile, new LayerBits(8, 8)), divergence);
        assertThat(eight.bytes())
                .isEqualTo(profile.otherBytes()
                        + profile.layers().stream()
                                .mapToLong(layer -> layer.option(new LayerBits(8, 8))
                                        .orElseThrow()
                                        .bytes())
                                .sum());
    }

    /** Eight of nine taps of its middle layer meet padding alone, and are in no file of integers. */
    @Test
    void networkWithTapsThatMeetPaddingAlone_isToldTheBytesThatItsFileWillHave() {
        Attributes padded = Attributes.NONE.withInts("pads", 1, 1, 1, 1).withInts("kernel_shape", 3, 3);
        ModelGraph graph = ModelGraph.builder("pixel")
                .input("x", ElementType.FLOAT, -1, 64, 1, 1)
                .output("y", ElementType.FLOAT, -1, 10)
                .initializer(weight("w1", 64, 64, 1, 1))
                .initializer(weight("w2", 64, 64, 3, 3))
                .initializer(weight("w3", 10, 64))
                .node("Conv", "first", List.of("x", "w1"), List.of("a"))
                .node("Relu", "relu", List.of("a"), List.of("b"))
                .node("Conv", "middle", List.of("b", "w2"), List.of("c"), padded)
                .node("Flatten", "flat", List.of("c"), List.of("d"))
                .node("Gemm", "last", List.of("d", "w3"), List.of("y"), Attributes.NONE.withInt("transB", 1))
                .build();
        List<CalibrationBatch> samples = List.of(new CalibrationBatch(Inputs.of(numbers(16 * 64)), 16));
        Divergence divergence = Divergence.of(graph, QuantizationConfig.INT8, samples, 1);
        NetworkProfile profile = new Profiler(graph, QuantizationConfig.INT8, divergence, new FewerBitsLoseMore(), BITS)
                .measure(16, null, ProfileListener.NONE);
        Budget.Bytes budget = new Budget.Bytes(10_000);
        MeasuredPlan chosen =
                Planner.plan(profile, budget, option -> !option.bits().isFloat(), divergence);

        assertThat(profile.otherBytes()).isPositive();
        assertThat(chosen.bytes()).isBetween(6_000L, 10_000L);
    }

    private static GraphTensor weight(String name, long... shape) {
        return GraphTensor.of(name, shape, numbers((int) LongStream.of(shape).reduce(1, (a, b) -> a * b)));
    }

    private static final class FewerBitsLoseMore implements Sensitivity {
        @Override
        public String metric() {
            return KlSensitivity.METRIC;
        }

        @Override
        public double of(List<String> layers, LayerBits bits, QuantizedGraph quantized) {
            return 1.0 / bits.weights();
        }
    }
}

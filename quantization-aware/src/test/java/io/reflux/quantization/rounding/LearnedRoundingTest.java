package io.reflux.quantization.rounding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.calibration.CalibrationRun;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.placement.Placement;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.qparams.QuantizedTensor;
import io.reflux.quantization.rewrite.QdqInsertion;
import io.reflux.quantization.target.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Conv → Relu → Flatten → Gemm with 3-bit weights, on inputs whose elements go together, as pixels do. */
final class LearnedRoundingTest {

    private static final RoundingConfig.Learned SHORT = new RoundingConfig.Learned(RoundingTarget.LAYERS, 500, 1e-2, 1);

    private static float[] random(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static ModelGraph graph() {
        return ModelGraph.builder("two")
                .input("x", ElementType.FLOAT, -1, 2, 4, 4)
                .output("y", ElementType.FLOAT, -1, 5)
                .initializer(GraphTensor.of("w1", new long[] {4, 2, 3, 3}, random(72, 1)))
                .initializer(GraphTensor.of("b1", new long[] {4}, random(4, 2)))
                .initializer(GraphTensor.of("w2", new long[] {64, 5}, random(320, 3)))
                .node(
                        "Conv",
                        "first",
                        List.of("x", "w1", "b1"),
                        List.of("a"),
                        Attributes.NONE.withInts("pads", 1, 1, 1, 1))
                .node("Relu", "relu", List.of("a"), List.of("b"))
                .node("Flatten", "flatten", List.of("b"), List.of("c"))
                .node("Gemm", "second", List.of("c", "w2"), List.of("y"))
                .build();
    }

    /** Eight numbers, spread over all elements. */
    private static List<CalibrationBatch> batches(int samples) {
        float[] mixing = random(8 * 32, 7);
        float[] hidden = random(samples * 8, 8);
        float[] x = new float[samples * 32];
        for (int i = 0; i < x.length; i++) {
            for (int k = 0; k < 8; k++) {
                x[i] += hidden[i / 32 * 8 + k] * mixing[k * 32 + i % 32];
            }
        }
        return List.of(new CalibrationBatch(Inputs.of(x), samples));
    }

    private final ModelGraph floats = graph();
    private final Map<QuantizedWeight, List<QParams>> weights = new LinkedHashMap<>();
    private final ModelGraph quantized;

    LearnedRoundingTest() {
        Placement placement = Placement.of(floats, Target.ONNXRUNTIME_CPU, layer -> new LayerBits(3, 0));
        placement
                .weights()
                .forEach(weight -> weights.put(
                        weight,
                        QuantizedTensor.of(
                                        floats.initializers().get(weight.tensor()),
                                        weight.granularity(),
                                        weight.scheme())
                                .qparams()));
        quantized = QdqInsertion.insert(floats, placement, Map.of(), weights);
    }

    private RoundedGraph round(List<CalibrationBatch> batches, List<String> lines) {
        return LearnedRounding.round(
                floats, quantized, weights, SHORT, new CalibrationRun(batches, 1, "cpu", lines::add));
    }

    private int[] codes(ModelGraph graph, QuantizedWeight weight) {
        return QuantizedTensor.of(graph.initializers().get(weight.tensor()), weight.granularity(), weights.get(weight))
                .codes();
    }

    @Test
    void layers_comeNearerThanRoundedToTheNearest() {
        List<String> lines = new ArrayList<>();
        RoundedGraph rounded = round(batches(128), lines);
        assertThat(rounded.layers()).extracting(RoundedLayer::layer).containsExactly("first", "second");
        assertThat(rounded.layers()).allSatisfy(layer -> {
            assertThat(layer.learnedError()).isLessThan(0.95 * layer.nearestError());
            assertThat(layer.undecided()).isLessThan(0.05);
            assertThat(layer.changed()).isBetween(0.01, 0.6);
        });
        RoundedLayer last = rounded.layers().get(1);
        assertThat(last.learnedError()).isLessThan(0.4 * last.nearestError());
        assertThat(lines).hasSize(2).first().asString().startsWith("rounded first, 1 of 2: squared error ");
    }

    /** In libtorch: ONNX Runtime's answers of graphs whose weights alone are quantised are about 1 % apart here. */
    private double divergence(ModelGraph graph, List<CalibrationBatch> batches) {
        double sum = 0;
        try (OnnxRuntimeModel wanted = OnnxRuntimeModel.open(floats, 1);
                TorchGraphModel given = TorchGraphModel.open(graph, "cpu")) {
            float[] target =
                    wanted.logits(batches.get(0).inputs(), batches.get(0).rows());
            float[] logits =
                    given.logits(batches.get(0).inputs(), batches.get(0).rows());
            for (int row = 0; row < target.length; row += 5) {
                double one = logSum(target, row);
                double other = logSum(logits, row);
                for (int c = row; c < row + 5; c++) {
                    sum += Math.exp(target[c] - one) * (target[c] - one - logits[c] + other);
                }
            }
            return sum / target.length * 5;
        }
    }

    private static double logSum(float[] logits, int from) {
        double sum = 0;
        for (int c = from; c < from + 5; c++) {
            sum += Math.exp(logits[c]);
        }
        return Math.log(sum);
    }

    private RoundedGraph roundLogits(List<CalibrationBatch> batches) {
        return LearnedRounding.round(
                floats,
                quantized,
                weights,
                new RoundingConfig.Learned(RoundingTarget.LOGITS, 500, 1e-2, 1),
                CalibrationRun.of(batches, 1));
    }

    @Test
    void logits_comeNearerThanRoundedToTheNearest() {
        List<CalibrationBatch> batches = batches(128);
        RoundedGraph rounded = roundLogits(batches);
        RoundedLayer all = rounded.layers().get(0);
        assertThat(divergence(quantized, batches)).isCloseTo(all.nearestError(), withinPercentage(0.1));
        assertThat(divergence(rounded.graph(), batches)).isCloseTo(all.learnedError(), withinPercentage(0.1));
        assertThat(all.learnedError()).isLessThan(0.8 * all.nearestError());
        assertThat(all.undecided()).isLessThan(0.05);
    }

    /** With the float network's own logits in the place of a teacher's nothing is different. */
    @Test
    void logits_ofATeacher_areKept() {
        CalibrationBatch plain = batches(64).get(0);
        float[] own;
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(floats, 1)) {
            own = model.logits(plain.inputs(), plain.rows());
        }
        CalibrationBatch taught = new CalibrationBatch(plain.inputs(), plain.rows(), own);
        assertThat(roundLogits(List.of(taught)).graph().digest())
                .isEqualTo(roundLogits(List.of(plain)).graph().digest());
        assertThatThrownBy(() -> roundLogits(List.of(taught, plain)))
                .hasMessage("logits: of 1 batches in 2 (expected: of all or none)");
        assertThatThrownBy(() -> roundLogits(List.of(new CalibrationBatch(plain.inputs(), 64, new float[3]))))
                .hasMessage("logits: 3 of a batch (expected: 320)");
    }

    @Test
    void codes_areTheIntegerBelowOrAbove() {
        ModelGraph rounded = round(batches(64), new ArrayList<>()).graph();
        weights.forEach((weight, qparams) -> {
            int[] codes = codes(rounded, weight);
            float[] values = floats.initializers().get(weight.tensor()).floats();
            int[] places = weight.granularity()
                    .places(floats.initializers().get(weight.tensor()).shape());
            for (int i = 0; i < codes.length; i++) {
                QParams own = qparams.get(places[i]);
                int floor = (int) Math.floor(values[i] / own.scale());
                int least = Math.max(own.quantMin(), Math.min(own.quantMax(), floor));
                int most = Math.max(own.quantMin(), Math.min(own.quantMax(), floor + 1));
                assertThat(codes[i]).isBetween(least, most);
            }
        });
    }

    @Test
    void rounding_ofTheSameSeed_isTheSame() {
        assertThat(round(batches(64), new ArrayList<>()).graph().digest())
                .isEqualTo(round(batches(64), new ArrayList<>()).graph().digest());
    }

    @Test
    void samples_thatAreNoneOrNotFinite_areRefused() {
        assertThatThrownBy(() -> round(List.of(), new ArrayList<>()))
                .hasMessage("calibration: 0 samples (expected: at least 1)");
        float[] x = new float[32];
        x[3] = Float.POSITIVE_INFINITY;
        assertThatThrownBy(() -> round(List.of(new CalibrationBatch(Inputs.of(x), 1)), new ArrayList<>()))
                .hasMessage("tensor x: Infinity among its values (expected: finite)");
    }

    @Test
    void settings_outOfRange_areRefused() {
        assertThatThrownBy(() -> RoundingConfig.of("up")).hasMessage("rounding: up (expected: nearest or adaround)");
        assertThatThrownBy(() -> new RoundingConfig.Learned(RoundingTarget.LAYERS, 0, 0.01, 1))
                .hasMessage("iterations: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new RoundingConfig.Learned(RoundingTarget.LAYERS, 1, Double.NaN, 1))
                .hasMessage("learningRate: NaN (expected: > 0 and finite)");
        assertThatThrownBy(() -> RoundingTarget.of("all")).hasMessage("target: all (expected: layers or logits)");
    }
}

package io.reflux.model.operator.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FakeQuantizeTest {

    private static final int CLASSES = 3;

    /** Bounds of 4-bit integers. */
    private static final int LEAST = -8;

    private static final int MOST = 7;

    private static float[] random(int count, long seed, float deviation) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * deviation;
        }
        return values;
    }

    /** logits = fakeQuantize(x)·w, or x·fakeQuantize(w) with a scale for each output; 4 bits; the scale trains. */
    private static ModelGraph graph(boolean ofWeight, float[] scale, float[] weight) {
        String quantized = ofWeight ? "w" : "x";
        return new RoleOverrides(List.of("scale"), List.of())
                .note(ModelGraph.builder("lsq")
                        .input("x", ElementType.FLOAT, -1, CLASSES)
                        .output("z", ElementType.FLOAT, -1, CLASSES)
                        .initializer(GraphTensor.of("w", new long[] {CLASSES, CLASSES}, weight))
                        .initializer(GraphTensor.of("scale", ofWeight ? new long[] {CLASSES} : new long[0], scale))
                        .initializer(GraphTensor.of(
                                "zero",
                                ElementType.INT8,
                                ofWeight ? new long[] {CLASSES} : new long[0],
                                new long[scale.length]))
                        .initializer(GraphTensor.of("least", ElementType.INT8, new long[0], new long[] {LEAST}))
                        .initializer(GraphTensor.of("most", ElementType.INT8, new long[0], new long[] {MOST}))
                        .node(
                                "QuantizeLinear",
                                "quantize",
                                List.of(quantized, "scale", "zero"),
                                List.of("q"),
                                Attributes.NONE.withInt("axis", 1))
                        .node("Clip", "clip", List.of("q", "least", "most"), List.of("c"))
                        .node(
                                "DequantizeLinear",
                                "dequantize",
                                List.of("c", "scale", "zero"),
                                List.of("d"),
                                Attributes.NONE.withInt("axis", 1))
                        .node("MatMul", "product", ofWeight ? List.of("x", "d") : List.of("d", "w"), List.of("z"))
                        .build());
    }

    /** One step of plain gradient descent with rate 1 and one sample: what a tensor loses is its gradient. */
    private static float[] gradient(ModelGraph graph, float[] x, String tensor) {
        try (TrainStep step = TrainStep.compile(graph, DistillationLoss.HARD_LABELS, new Sgd(0, false, 0), "cpu", 1)) {
            step.run(Inputs.of(x), 1, null, new int[] {1}, 1, 0);
            float[] after = step.export().initializers().get(tensor).floats();
            float[] before = graph.initializers().get(tensor).floats();
            for (int i = 0; i < before.length; i++) {
                before[i] -= after[i];
            }
            return before;
        }
    }

    private static double[] softmaxLessLabel(double[] z) {
        double sum = 0;
        for (double value : z) {
            sum += Math.exp(value);
        }
        double[] result = new double[CLASSES];
        for (int c = 0; c < CLASSES; c++) {
            result[c] = Math.exp(z[c]) / sum - (c == 1 ? 1 : 0);
        }
        return result;
    }

    /** Esser et al. 2020, eq. 3: what the scale's change does to one value. */
    private static double ofScale(double x, double scale) {
        double code = Math.rint(x / scale);
        return code < LEAST ? LEAST : code > MOST ? MOST : code - x / scale;
    }

    private static double fake(double x, double scale) {
        return scale * Math.max(LEAST, Math.min(MOST, Math.rint(x / scale)));
    }

    @Test
    void scale_ofActivations_learnsByTheFormulaOfLsq() {
        float[] x = {0.37f, -1.9f, 2.6f};
        float[] weight = random(9, 2, 1);
        double scale = 0.25f;
        ModelGraph graph = graph(false, new float[] {(float) scale}, weight);
        double[] z = new double[CLASSES];
        for (int i = 0; i < 9; i++) {
            z[i % CLASSES] += fake(x[i / CLASSES], scale) * weight[i];
        }
        double[] error = softmaxLessLabel(z);
        double expected = 0;
        for (int i = 0; i < 9; i++) {
            expected += error[i % CLASSES] * weight[i] * ofScale(x[i / CLASSES], scale);
        }
        // Three elements of one sample share the scale.
        expected /= Math.sqrt(CLASSES * MOST);
        assertThat((double) gradient(graph, x, "scale")[0]).isCloseTo(expected, within(1e-5));
    }

    @Test
    void scales_ofAWeight_learnByTheFormulaOfLsqForEachOutput() {
        float[] x = {0.37f, -1.9f, 2.6f};
        float[] weight = random(9, 3, 0.6f);
        weight[4] = 9;
        float[] scales = {0.1f, 0.2f, 0.05f};
        ModelGraph graph = graph(true, scales, weight);
        double[] z = new double[CLASSES];
        for (int i = 0; i < 9; i++) {
            z[i % CLASSES] += x[i / CLASSES] * fake(weight[i], scales[i % CLASSES]);
        }
        double[] error = softmaxLessLabel(z);
        double[] ofScales = new double[CLASSES];
        float[] ofWeights = gradient(graph, x, "w");
        for (int i = 0; i < 9; i++) {
            int c = i % CLASSES;
            ofScales[c] += error[c] * x[i / CLASSES] * ofScale(weight[i], scales[c]) / Math.sqrt(CLASSES * MOST);
            double code = Math.rint(weight[i] / scales[c]);
            double straightThrough = code < LEAST || code > MOST ? 0 : error[c] * x[i / CLASSES];
            assertThat((double) ofWeights[i]).isCloseTo(straightThrough, within(1e-5));
        }
        float[] learned = gradient(graph, x, "scale");
        for (int c = 0; c < CLASSES; c++) {
            assertThat((double) learned[c]).isCloseTo(ofScales[c], within(1e-5));
        }
    }

    /** Halves of a scale that is no power of two, where x · (1 / scale) and x / scale round apart. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void weights_atHalves_areThoseOfOnnxRuntime(long seed) {
        Random random = new Random(seed);
        int count = 2000;
        float[] scales = new float[count];
        float[] weight = new float[count];
        float[] ones = new float[count];
        for (int i = 0; i < count; i++) {
            scales[i] = random.nextFloat() + 0.01f;
            weight[i] = (random.nextInt(255) - 127.5f) * scales[i];
            ones[i] = 1;
        }
        ModelGraph graph = ModelGraph.builder("halves")
                .input("x", ElementType.FLOAT, -1, count)
                .output("z", ElementType.FLOAT, -1, count)
                .initializer(GraphTensor.of("w", new long[] {1, count}, weight))
                .initializer(GraphTensor.of("scale", new long[] {count}, scales))
                .initializer(GraphTensor.of("zero", ElementType.INT8, new long[] {count}, new long[count]))
                .node("QuantizeLinear", "quantize", List.of("w", "scale", "zero"), List.of("q"))
                .node("DequantizeLinear", "dequantize", List.of("q", "scale", "zero"), List.of("d"))
                .node("Mul", "product", List.of("x", "d"), List.of("z"))
                .build();
        try (OnnxRuntimeModel reference = OnnxRuntimeModel.open(graph, 1);
                TorchGraphModel ours = TorchGraphModel.open(graph, "cpu")) {
            float[] expected = reference.logits(ones, 1);
            float[] actual = ours.logits(ones, 1);
            for (int i = 0; i < count; i++) {
                // The sign of 0 is no matter.
                assertThat(actual[i] == expected[i])
                        .as("%s, not %s", actual[i], expected[i])
                        .isTrue();
            }
        }
    }

    @Test
    void activations_fewerThan8Bits_areThoseOfOnnxRuntime() {
        ModelGraph graph = graph(false, new float[] {0.25f}, random(9, 5, 1));
        float[] x = random(300, 6, 3);
        try (OnnxRuntimeModel reference = OnnxRuntimeModel.open(graph, 1);
                TorchGraphModel ours = TorchGraphModel.open(graph, "cpu")) {
            float[] expected = reference.logits(x, 100);
            float[] actual = ours.logits(x, 100);
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(1e-5f));
            }
        }
    }
}

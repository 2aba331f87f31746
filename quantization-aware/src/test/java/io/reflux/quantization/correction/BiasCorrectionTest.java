package io.reflux.quantization.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.calibration.CalibrationRun;
import io.reflux.quantization.calibration.ChannelMeans;
import io.reflux.quantization.calibration.ChannelMeans.Channels;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BiasCorrectionTest {

    private static float[] random(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static CalibrationRun run(int samples) {
        float[] x = random(samples * 8, 4);
        for (int i = 0; i < x.length; i++) {
            x[i] += 1;
        }
        return CalibrationRun.of(samples == 0 ? List.of() : List.of(new CalibrationBatch(Inputs.of(x), samples)), 1);
    }

    /** Conv without a bias → Relu → Flatten → MatMul → Add. */
    private static ModelGraph graph(float[] convolution, float[] product) {
        return ModelGraph.builder("two")
                .input("x", ElementType.FLOAT, -1, 2, 2, 2)
                .output("y", ElementType.FLOAT, -1, 2)
                .initializer(GraphTensor.of("w1", new long[] {3, 2, 1, 1}, convolution))
                .initializer(GraphTensor.of("w2", new long[] {12, 2}, product))
                .initializer(GraphTensor.of("b2", new long[] {2}, new float[] {1, 2}))
                .node("Conv", "first", List.of("x", "w1"), List.of("a"))
                .node("Relu", "relu", List.of("a"), List.of("b"))
                .node("Flatten", "flatten", List.of("b"), List.of("c"), Attributes.NONE)
                .node("MatMul", "second", List.of("c", "w2"), List.of("d"))
                .node("Add", "add", List.of("d", "b2"), List.of("y"))
                .build();
    }

    private static float[] rounded(float[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) Math.rint(values[i] * 2) / 2;
        }
        return result;
    }

    private static final List<String> LAYERS = List.of("first", "second");

    @Test
    void means_afterCorrection_areThoseOfTheFloats() {
        float[] w1 = random(6, 1);
        float[] w2 = random(24, 2);
        ModelGraph floats = BiasCorrection.prepare(graph(w1, w2), LAYERS);
        ModelGraph coarse = BiasCorrection.prepare(graph(rounded(w1), rounded(w2)), LAYERS);
        ModelGraph corrected = BiasCorrection.correct(floats, coarse, LAYERS, run(64));
        List<Channels> values = List.of(new Channels("a", 3, 4), new Channels("y", 2, 1));
        Map<String, double[]> wanted = ChannelMeans.of(floats, values, run(64));
        Map<String, double[]> before = ChannelMeans.of(coarse, values, run(64));
        Map<String, double[]> after = ChannelMeans.of(corrected, values, run(64));
        wanted.forEach((value, means) -> {
            assertThat(after.get(value)).containsExactly(means, within(1e-4));
            assertThat(before.get(value)[0]).isNotCloseTo(means[0], within(1e-2));
        });
    }

    /** Of one layer the shift is (W − W̃) · E[x]. */
    @Test
    void correction_ofTheFirstLayer_isTheWeightErrorTimesTheMeanInput() {
        float[] w1 = random(6, 1);
        float[] coarse = rounded(w1);
        float[] x = ((Inputs.Samples) run(64).batches().iterator().next().inputs()).values();
        double[] mean = new double[2];
        for (int i = 0; i < x.length; i++) {
            mean[i / 4 % 2] += x[i] / (64.0 * 4);
        }
        ModelGraph floats = BiasCorrection.prepare(graph(w1, random(24, 2)), LAYERS);
        ModelGraph quantized = BiasCorrection.prepare(graph(coarse, random(24, 2)), LAYERS);
        float[] bias = BiasCorrection.correct(floats, quantized, List.of("first"), run(64))
                .initializers()
                .get("w1_bias")
                .floats();
        for (int c = 0; c < 3; c++) {
            double expected = (w1[2 * c] - coarse[2 * c]) * mean[0] + (w1[2 * c + 1] - coarse[2 * c + 1]) * mean[1];
            assertThat(bias[c]).isCloseTo((float) expected, within(1e-5f));
        }
    }

    @Test
    void samples_thatAreNone_areRefused() {
        ModelGraph floats = BiasCorrection.prepare(graph(random(6, 1), random(24, 2)), LAYERS);
        assertThatThrownBy(() -> BiasCorrection.correct(floats, floats, LAYERS, run(0)))
                .hasMessage("calibration: 0 samples (expected: at least 1)");
    }

    @Test
    void samples_notFinite_nameTheTensor() {
        ModelGraph floats = BiasCorrection.prepare(graph(random(6, 1), random(24, 2)), LAYERS);
        float[] x = new float[8];
        x[0] = Float.NaN;
        CalibrationRun bad = CalibrationRun.of(List.of(new CalibrationBatch(Inputs.of(x), 1)), 1);
        assertThatThrownBy(() -> BiasCorrection.correct(floats, floats, LAYERS, bad))
                .hasMessage("tensor a: NaN as the mean of channel 0 (expected: finite)");
    }
}

package io.reflux.quantization.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.ptq.QuantizationConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DivergenceTest {

    private static final float[] SAMPLES = {1, 0, 0, 1, 1, 1, -2, 3};

    /** logits = x·w, two classes. */
    private static ModelGraph linear(float... weight) {
        return ModelGraph.builder("linear")
                .input("x", ElementType.FLOAT, -1, 2)
                .initializer(GraphTensor.of("w", new long[] {2, 2}, weight))
                .node("MatMul", "layer", List.of("x", "w"), List.of("logits"))
                .output("logits", ElementType.FLOAT, -1, 2)
                .build();
    }

    private static Divergence divergence(ModelGraph graph) {
        return Divergence.of(
                graph,
                QuantizationConfig.INT8,
                List.of(
                        new CalibrationBatch(Inputs.of(new float[] {1, 0, 0, 1}), 2),
                        new CalibrationBatch(Inputs.of(new float[] {1, 1, -2, 3}), 2)),
                1);
    }

    /** By the definition: probabilities, then their sum of p·ln(p/q). */
    private static double slowKl(float[] w, float[] v) {
        double sum = 0;
        for (int s = 0; s < SAMPLES.length; s += 2) {
            double[] p = probabilities(w, s);
            double[] q = probabilities(v, s);
            sum += p[0] * Math.log(p[0] / q[0]) + p[1] * Math.log(p[1] / q[1]);
        }
        return sum / (SAMPLES.length / 2);
    }

    private static double[] probabilities(float[] w, int s) {
        double a = Math.exp(SAMPLES[s] * w[0] + SAMPLES[s + 1] * w[2]);
        double b = Math.exp(SAMPLES[s] * w[1] + SAMPLES[s + 1] * w[3]);
        return new double[] {a / (a + b), b / (a + b)};
    }

    @Test
    void divergence_ofTwoLinearModels_isTheMeanKlByItsDefinition() {
        float[] w = {0.5f, -1, 0.25f, 2};
        float[] v = {0.4f, -0.5f, 0.75f, 1};
        assertThat(divergence(linear(w)).of(linear(v))).isCloseTo(slowKl(w, v), within(1e-6));
        assertThat(divergence(linear(w)).of(linear(w))).isCloseTo(0, within(1e-12));
    }

    @Test
    void weights_ofFewerBits_loseMore() {
        ModelGraph graph = linear(7, 3.5f, 0.4f, 1.4f);
        Divergence divergence = divergence(graph);
        double eight =
                divergence.of(divergence.quantized(node -> new LayerBits(8, 0)).stored());
        double four =
                divergence.of(divergence.quantized(node -> new LayerBits(4, 0)).stored());
        double two =
                divergence.of(divergence.quantized(node -> new LayerBits(2, 0)).stored());
        assertThat(eight).isPositive().isLessThan(four);
        assertThat(four).isLessThan(two);
    }

    @Test
    void activations_thatOnlyOneChoiceQuantizes_areCalibratedWhenAskedFor() {
        Divergence divergence = divergence(linear(1, 2, 3, 4));
        assertThat(divergence.quantized(node -> new LayerBits(8, 0)).trainable().nodes())
                .filteredOn(node -> node.operator().equals("QuantizeLinear"))
                .hasSize(1);
        assertThat(divergence.quantized(node -> new LayerBits(8, 8)).trainable().nodes())
                .filteredOn(node -> node.operator().equals("QuantizeLinear"))
                .hasSize(2);
    }

    @Test
    void samples_none_areRefused() {
        assertThatThrownBy(() -> Divergence.of(linear(1, 2, 3, 4), QuantizationConfig.INT8, List.of(), 1))
                .isInstanceOf(ModelException.class)
                .hasMessage("sensitivity: 0 samples (expected: at least 1)");
    }
}

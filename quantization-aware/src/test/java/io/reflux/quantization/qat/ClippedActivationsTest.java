package io.reflux.quantization.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClippedActivationsTest {

    private static final float[] X = {0.3f, 1.4f, 2.5f, -0.7f};

    private static final float[] WEIGHT = {0.5f, -1, 0.25f, 1.5f, 0.75f, -0.5f, 0.1f, 0.2f};

    /** Two bits: 0, 0.4, 0.8 and 1.2, which is α. */
    private static final float SCALE = 0.4f;

    private static final double ALPHA = 3 * (double) SCALE;

    /** z = fakeQuantize(x)·w for four features and two classes. */
    private static ModelGraph graph() {
        return ModelGraph.builder("pact")
                .input("x", ElementType.FLOAT, -1, 4)
                .output("z", ElementType.FLOAT, -1, 2)
                .initializer(GraphTensor.of("w", new long[] {4, 2}, WEIGHT))
                .initializer(GraphTensor.of("scale", new long[0], new float[] {SCALE}))
                .initializer(GraphTensor.of("zero", ElementType.UINT8, new long[0], new long[] {0}))
                .initializer(GraphTensor.of("least", ElementType.UINT8, new long[0], new long[] {0}))
                .initializer(GraphTensor.of("most", ElementType.UINT8, new long[0], new long[] {3}))
                .node("QuantizeLinear", "quantize", List.of("x", "scale", "zero"), List.of("q"))
                .node("Clip", "clip", List.of("q", "least", "most"), List.of("c"))
                .node("DequantizeLinear", "dequantize", List.of("c", "scale", "zero"), List.of("d"))
                .node("MatMul", "product", List.of("d", "w"), List.of("z"))
                .build();
    }

    /** dLoss/dy of each feature, in double precision. */
    private static double[] gradientOfActivations() {
        double[] z = new double[2];
        for (int i = 0; i < 8; i++) {
            double code = Math.max(0, Math.min(3, Math.rint(X[i / 2] / (double) SCALE)));
            z[i % 2] += code * SCALE * WEIGHT[i];
        }
        double sum = Math.exp(z[0]) + Math.exp(z[1]);
        double[] error = {Math.exp(z[0]) / sum, Math.exp(z[1]) / sum - 1};
        double[] gradient = new double[4];
        for (int i = 0; i < 8; i++) {
            gradient[i / 2] += error[i % 2] * WEIGHT[i];
        }
        return gradient;
    }

    private static float alpha(ModelGraph graph) {
        return graph.initializers().get("x_clip").floats()[0];
    }

    private static ModelGraph stepped(double weightDecay) {
        try (TrainStep step = TrainStep.compile(
                ClippedActivations.clip(graph()),
                DistillationLoss.HARD_LABELS,
                new Sgd(0, false, weightDecay),
                "cpu",
                1)) {
            step.run(Inputs.of(X), 1, null, new int[] {1}, 0.1, 0);
            return step.export();
        }
    }

    /** Choi et al. 2018, eq. 3: α gets the gradients of what lies above it, here of the second and the third feature. */
    @Test
    void bound_inAStep_getsTheGradientOfWhatIsClipped() {
        double[] gradient = gradientOfActivations();
        double expected = ALPHA - 0.1 * (gradient[1] + gradient[2]);
        assertThat((double) alpha(stepped(0))).isCloseTo(expected, within(1e-6));
    }

    @Test
    void bound_withWeightDecay_isRegularised() {
        double expected = alpha(stepped(0)) - 0.1 * 0.5 * ALPHA;
        assertThat((double) alpha(stepped(0.5))).isCloseTo(expected, within(1e-6));
    }

    @Test
    void fix_ofATrainedBound_isAPairAgain() {
        ModelGraph trained = stepped(0.5);
        ModelGraph fixed = ClippedActivations.fix(trained);
        assertThat(fixed.nodes())
                .extracting("operator")
                .containsExactly("QuantizeLinear", "Clip", "DequantizeLinear", "MatMul");
        String scale = fixed.nodes().get(0).input(1);
        assertThat(fixed.nodes().get(2).input(1)).isEqualTo(scale);
        assertThat(fixed.initializers().get(scale).floats()[0]).isEqualTo(alpha(trained) / 3);
        assertThat(RoleOverrides.of(fixed).parameters()).isEmpty();
        assertThat(fixed.initializers().keySet()).containsExactlyInAnyOrder("w", "zero", "least", "most", scale);
    }

    @Test
    void fix_ofAGraphWithoutBounds_isTheGraph() {
        ModelGraph graph = graph();
        assertThat(ClippedActivations.fix(graph)).isSameAs(graph);
    }
}

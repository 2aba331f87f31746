package io.reflux.quantization.folding;

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

final class NormStatisticsTest {

    private static final float[] X = {0.3f, 1.4f, 2.5f, -0.7f};

    private static ModelGraph graph() {
        float[] ones = {1, 1};
        return ModelGraph.builder("norm")
                .input("x", ElementType.FLOAT, -1, 2)
                .output("z", ElementType.FLOAT, -1, 2)
                .initializer(GraphTensor.of("scale", new long[] {2}, ones))
                .initializer(GraphTensor.of("shift", new long[] {2}, new float[2]))
                .initializer(GraphTensor.of("mean", new long[] {2}, new float[] {0.5f, -0.5f}))
                .initializer(GraphTensor.of("variance", new long[] {2}, new float[] {4, 0.25f}))
                .node("BatchNormalization", "norm", List.of("x", "scale", "shift", "mean", "variance"), List.of("z"))
                .build();
    }

    private static ModelGraph stepped(ModelGraph graph) {
        try (TrainStep step = TrainStep.compile(graph, DistillationLoss.HARD_LABELS, new Sgd(0, false, 0), "cpu", 1)) {
            step.run(Inputs.of(X), 2, null, new int[] {0, 1}, 1, 0);
            return step.export();
        }
    }

    /** dLoss/dscale = Σ (softmax(z) − label) · z, with z = (x − mean) / √(variance + 1e-5) of the running statistics. */
    @Test
    void freeze_inTraining_normalisesAsEvaluationDoes() {
        double[] mean = {0.5, -0.5};
        double[] variance = {4, 0.25};
        double[] expected = {1, 1};
        for (int row = 0; row < 2; row++) {
            double[] z = new double[2];
            for (int c = 0; c < 2; c++) {
                z[c] = (X[2 * row + c] - mean[c]) / Math.sqrt(variance[c] + 1e-5);
            }
            double sum = Math.exp(z[0]) + Math.exp(z[1]);
            for (int c = 0; c < 2; c++) {
                expected[c] -= (Math.exp(z[c]) / sum - (c == row ? 1 : 0)) * z[c] / 2;
            }
        }
        ModelGraph after = stepped(NormStatistics.freeze(graph()));
        for (int c = 0; c < 2; c++) {
            assertThat((double) after.initializers().get("scale").floats()[c]).isCloseTo(expected[c], within(1e-5));
        }
        assertThat(after.initializers().get("mean"))
                .isEqualTo(graph().initializers().get("mean"));
        assertThat(after.initializers().get("variance"))
                .isEqualTo(graph().initializers().get("variance"));
    }

    @Test
    void thaw_ofAFrozenGraph_movesStatisticsAgain() {
        ModelGraph thawed = NormStatistics.thaw(NormStatistics.freeze(graph()));
        assertThat(RoleOverrides.of(thawed).constants()).isEmpty();
        assertThat(stepped(thawed).initializers().get("mean"))
                .isNotEqualTo(graph().initializers().get("mean"));
    }
}

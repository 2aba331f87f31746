package io.reflux.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.RoleOverrides;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** y = x · w + share with x of 2 numbers and y of 3, where the share is the sigmoid of v. */
final class ReconstructionStepTest {

    private static final float[] SAMPLES = {1, 2, 3, -1, 0.5f, 4};

    private static final float[] TARGETS = {1, 0, 2, -1, 3, 0.5f, 2, 2, 1};

    private static final float[] WEIGHT = {0.5f, -1, 2, 1, 0.25f, -0.5f};

    private static final float[] V = {0.25f, -0.5f, 1};

    private static ModelGraph graph() {
        ModelGraph graph = ModelGraph.builder("product")
                .input("x", ElementType.FLOAT, -1, 2)
                .output("y", ElementType.FLOAT, -1, 3)
                .output("share", ElementType.FLOAT, 3)
                .initializer(GraphTensor.of("w", new long[] {2, 3}, WEIGHT))
                .initializer(GraphTensor.of("v", new long[] {3}, V))
                .node("MatMul", "product", List.of("x", "w"), List.of("a"))
                .node("Sigmoid", "sigmoid", List.of("v"), List.of("share"))
                .node("Add", "add", List.of("a", "share"), List.of("y"))
                .build();
        return new RoleOverrides(List.of("w", "v"), List.of()).note(graph);
    }

    private static ReconstructionStep open(ReconstructionLoss loss) {
        return ReconstructionStep.open(
                graph(),
                loss,
                "cpu",
                manager -> manager.create(SAMPLES, new Shape(3, 2)),
                manager -> manager.create(TARGETS, new Shape(3, 3)));
    }

    private static double[] outputs(int sample) {
        double[] y = new double[3];
        for (int c = 0; c < 3; c++) {
            y[c] = SAMPLES[2 * sample] * WEIGHT[c]
                    + SAMPLES[2 * sample + 1] * WEIGHT[3 + c]
                    + 1 / (1 + Math.exp(-V[c]));
        }
        return y;
    }

    private static double squaredError(int sample) {
        double sum = 0;
        for (int c = 0; c < 3; c++) {
            sum += Math.pow(outputs(sample)[c] - TARGETS[3 * sample + c], 2);
        }
        return sum;
    }

    private static double[] softmax(double[] z) {
        double sum = 0;
        double[] p = new double[z.length];
        for (double value : z) {
            sum += Math.exp(value);
        }
        for (int c = 0; c < z.length; c++) {
            p[c] = Math.exp(z[c]) / sum;
        }
        return p;
    }

    @Test
    void loss_ofSquares_isASumOverChannelsAndAMeanOverSamples() {
        try (ReconstructionStep step = open(new ReconstructionLoss.SquaredError(3))) {
            double expected = (squaredError(0) + squaredError(1) + squaredError(2)) / 3;
            assertThat(step.loss()).isCloseTo(expected, within(1e-5));
            assertThat(step.run(new long[] {2, 0}, 0, 0, 2))
                    .isCloseTo((squaredError(0) + squaredError(2)) / 2, within(1e-5));
        }
    }

    @Test
    void loss_ofDivergence_isThatOfSoftenedLogits() {
        double temperature = 2;
        double expected = 0;
        for (int sample = 0; sample < 3; sample++) {
            double[] target = new double[3];
            double[] given = outputs(sample);
            for (int c = 0; c < 3; c++) {
                target[c] = TARGETS[3 * sample + c] / temperature;
                given[c] /= temperature;
            }
            double[] p = softmax(target);
            double[] q = softmax(given);
            for (int c = 0; c < 3; c++) {
                expected += temperature * temperature * p[c] * Math.log(p[c] / q[c]) / 3;
            }
        }
        try (ReconstructionStep step = open(new ReconstructionLoss.Divergence(temperature))) {
            assertThat(step.loss()).isCloseTo(expected, within(1e-5));
        }
    }

    /** Adam's first step is the learning rate against the sign of the gradient, which of 1 − |2s − 1|^p is that of 0.5 − s. */
    @Test
    void pull_movesSharesToTheNearerEnd() {
        try (ReconstructionStep step = open(new ReconstructionLoss.SquaredError(3))) {
            // So heavy that the loss does not count.
            step.run(new long[] {0}, 0.01, 1e6, 2);
            assertThat(step.parameters().get("v").floats())
                    .containsExactly(new float[] {0.26f, -0.51f, 1.01f}, within(1e-4f));
        }
    }

    @Test
    void steps_endAtTheLeastSquares_theSameEachTime() {
        float[] first = null;
        for (int run = 0; run < 2; run++) {
            try (ReconstructionStep step = open(new ReconstructionLoss.SquaredError(3))) {
                double before = step.loss();
                for (int i = 0; i < 600; i++) {
                    step.run(new long[] {0, 1, 2}, 0.01, 0, 2);
                }
                assertThat(step.loss()).isLessThan(before / 5);
                float[] weights = step.parameters().get("w").floats();
                assertThat(weights).isEqualTo(first == null ? weights : first);
                first = weights;
            }
        }
    }

    @Test
    void set_changesWhatIsEvaluated() {
        try (ReconstructionStep step = open(new ReconstructionLoss.SquaredError(3))) {
            step.set(Map.of("w", new float[6], "v", new float[] {-99, -99, -99}));
            // What is left is the mean of the squared targets: (1+0+4 + 1+9+0.25 + 4+4+1) / 3.
            assertThat(step.loss()).isCloseTo(24.25 / 3, within(1e-5));
        }
    }

    @Test
    void graph_withoutParameters_isRefused() {
        ModelGraph constant = new RoleOverrides(List.of(), List.of("w", "v")).note(graph());
        assertThatThrownBy(() -> ReconstructionStep.open(
                        constant,
                        new ReconstructionLoss.SquaredError(3),
                        "cpu",
                        manager -> manager.zeros(new Shape(1, 2)),
                        manager -> manager.zeros(new Shape(1, 3))))
                .isInstanceOf(ModelException.class)
                .hasMessage("product: no parameter trains (expected: one)");
        assertThatThrownBy(() -> new ReconstructionLoss.SquaredError(0)).hasMessage("numChannels: 0 (expected: > 0)");
    }
}

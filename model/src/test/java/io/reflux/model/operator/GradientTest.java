package io.reflux.model.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.DoubleInterpreter.Tensor;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Gradients of the compiled script against central differences of {@link DoubleInterpreter}. One step of plain SGD with
 * learning rate 1 makes w − dLoss/dw, so the gradient is read off the exported weights.
 */
final class GradientTest {

    private static final int ROWS = 4;
    private static final int[] LABELS = {0, 2, 1, 2};
    /** Cube root of double's rounding: balances the truncation and the rounding of a central difference. */
    private static final double STEP = 6e-6;

    private final EngineParity random = new EngineParity(11);

    @Test
    void convolutionAndMaxPool_equalFiniteDifferences() {
        assertGradients(start().initializer(random.tensor("c.w", 4, 2, 3, 3))
                .initializer(random.tensor("c.b", 4))
                .node(
                        "Conv",
                        "c",
                        List.of("x", "c.w", "c.b"),
                        List.of("a"),
                        Attributes.NONE.withInts("pads", 1, 0, 2, 1))
                .node("Relu", "r", List.of("a"), List.of("b"))
                .node(
                        "MaxPool",
                        "p",
                        List.of("b"),
                        List.of("h"),
                        Attributes.NONE
                                .withInts("kernel_shape", 2, 2)
                                .withInts("strides", 2, 2)
                                .withInts("pads", 0, 1, 1, 0)));
    }

    @Test
    void groupedConvolutionAndAveragePool_equalFiniteDifferences() {
        assertGradients(start().initializer(random.tensor("c.w", 4, 1, 2, 2))
                .initializer(random.tensor("c.b", 4))
                .node("Conv", "c", List.of("x", "c.w", "c.b"), List.of("a"), Attributes.NONE.withInt("group", 2))
                .node(
                        "AveragePool",
                        "p",
                        List.of("a"),
                        List.of("h"),
                        Attributes.NONE
                                .withInts("kernel_shape", 2, 2)
                                .withInts("strides", 2, 2)
                                .withInts("pads", 1, 0, 0, 1)));
    }

    @Test
    void normalisationAndResidual_equalFiniteDifferences() {
        assertGradients(norm(start().initializer(random.tensor("c.w", 2, 2, 3, 3))
                        .initializer(random.tensor("c.b", 2))
                        .initializer(random.tensor("k", 2, 1, 1))
                        .node(
                                "Conv",
                                "c",
                                List.of("x", "c.w", "c.b"),
                                List.of("a"),
                                Attributes.NONE.withInts("pads", 1, 1, 1, 1)))
                .node("Add", "sum", List.of("n", "x"), List.of("s"))
                .node("Mul", "scale", List.of("s", "k"), List.of("m"))
                .node("GlobalAveragePool", "p", List.of("m"), List.of("h")));
    }

    @Test
    void normalisation_movesItsRunningStatistics() {
        ModelGraph graph = classifier(norm(start().initializer(random.tensor("c.w", 2, 2, 1, 1))
                        .initializer(random.tensor("c.b", 2))
                        .node("Conv", "c", List.of("x", "c.w", "c.b"), List.of("a")))
                .node("Relu", "relu", List.of("n"), List.of("h")));
        float[] inputs = random.values(ROWS * 2 * 5 * 5);
        ModelGraph trained = train(graph, inputs, 0);

        // The values that enter the normalisation: a 1×1 convolution, written out.
        float[] w = graph.initializers().get("c.w").floats();
        float[] b = graph.initializers().get("c.b").floats();
        double[] a = new double[inputs.length];
        Arrays.setAll(a, i -> {
            int c = i / 25 % 2;
            int first = i / 50 * 50 + i % 25;
            return b[c] + w[2 * c] * inputs[first] + (double) w[2 * c + 1] * inputs[first + 25];
        });
        Tensor entering = new Tensor(new int[] {ROWS, 2, 5, 5}, a);
        double n = ROWS * 25;
        for (int c = 0; c < 2; c++) {
            // Momentum 0.8 keeps 0.8 of what was there: 0.25 for the mean, 2 for the variance.
            double mean = 0.8 * 0.25 + 0.2 * DoubleInterpreter.batchMean(entering)[c];
            double variance = 0.8 * 2 + 0.2 * DoubleInterpreter.batchVariance(entering)[c] * n / (n - 1);
            assertThat((double) trained.initializers().get("mean").floats()[c]).isCloseTo(mean, within(1e-6));
            assertThat((double) trained.initializers().get("var").floats()[c]).isCloseTo(variance, within(1e-6));
        }
    }

    private static ModelGraphBuilder start() {
        return ModelGraph.builder("net").input("x", ElementType.FLOAT, -1, 2, 5, 5);
    }

    /** a → BatchNormalization over two channels → n. */
    private ModelGraphBuilder norm(ModelGraphBuilder builder) {
        return builder.initializer(random.tensor("scale", 2))
                .initializer(random.tensor("bias", 2))
                .initializer(GraphTensor.of("mean", new long[] {2}, new float[] {0.25f, 0.25f}))
                .initializer(GraphTensor.of("var", new long[] {2}, new float[] {2, 2}))
                .node(
                        "BatchNormalization",
                        "norm",
                        List.of("a", "scale", "bias", "mean", "var"),
                        List.of("n"),
                        Attributes.NONE.withFloat("momentum", 0.8f));
    }

    /** h → flatten → three logits. */
    private ModelGraph classifier(ModelGraphBuilder builder) {
        builder.node("Flatten", "f", List.of("h"), List.of("flat"));
        ModelGraph open = builder.output("flat", ElementType.FLOAT, -1, -1).build();
        long features = ShapeInference.infer(open).get("flat").get(1);
        return builder.removeOutput("flat")
                .initializer(random.tensor("fc.w", 3, features))
                .initializer(random.tensor("fc.b", 3))
                .node("Gemm", "fc", List.of("flat", "fc.w", "fc.b"), List.of("y"), Attributes.NONE.withInt("transB", 1))
                .output("y", ElementType.FLOAT, -1, 3)
                .build();
    }

    private void assertGradients(ModelGraphBuilder builder) {
        ModelGraph graph = classifier(builder);
        float[] inputs = random.values(ROWS * 2 * 5 * 5);
        Map<String, GraphTensor> trained = train(graph, inputs, 1).initializers();
        double[] values = new double[inputs.length];
        Arrays.setAll(values, i -> inputs[i]);
        Tensor input = new Tensor(new int[] {ROWS, 2, 5, 5}, values);
        DoubleInterpreter reference = new DoubleInterpreter(graph);
        Operators.roles(graph).forEach((name, role) -> {
            if (role == InitializerRole.PARAMETER) {
                float[] before = graph.initializers().get(name).floats();
                float[] after = trained.get(name).floats();
                for (int i = 0; i < before.length; i++) {
                    double gradient = (double) before[i] - after[i];
                    assertThat(gradient)
                            .as("gradient of %s[%d]", name, i)
                            .isCloseTo(difference(reference, name, i, input), within(2e-6));
                }
            }
        });
    }

    private static double difference(DoubleInterpreter reference, String name, int i, Tensor input) {
        double[] weights = reference.weights.get(name).values();
        double weight = weights[i];
        weights[i] = weight + STEP;
        double above = reference.loss(input, LABELS);
        weights[i] = weight - STEP;
        double below = reference.loss(input, LABELS);
        weights[i] = weight;
        return (above - below) / (2 * STEP);
    }

    private static ModelGraph train(ModelGraph graph, float[] inputs, double learningRate) {
        try (TrainStep step = TrainStep.compile(graph, new DistillationLoss(1, 0, 1), new Sgd(0, false, 0), "cpu", 1)) {
            step.run(inputs, ROWS, null, LABELS, learningRate, 0);
            return step.export();
        }
    }
}

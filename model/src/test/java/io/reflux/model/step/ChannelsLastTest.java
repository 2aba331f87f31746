package io.reflux.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Images enter as B×C×H×W in memory that has the channels last; a flat input that the graph itself reshapes does not. Both
 * must train to the same weights: layouts are a matter of speed only.
 */
final class ChannelsLastTest {

    private static final int ROWS = 6;
    private static final int SIDE = 8;
    private static final int FLAT = 3 * SIDE * SIDE;

    static Stream<Optimizer> optimizers() {
        return Stream.of(new Sgd(0, false, 0), new Sgd(0.9, true, 1e-2), new AdamW(0.9, 0.999, 1e-3, 0.01));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void weights_afterSteps_doNotDependOnTheLayout(Optimizer optimizer) {
        Map<String, float[]> first = trained(network(true), optimizer);
        Map<String, float[]> second = trained(network(false), optimizer);

        assertThat(first.keySet()).isEqualTo(second.keySet());
        first.forEach((name, weights) -> {
            float[] others = second.get(name);
            for (int i = 0; i < weights.length; i++) {
                assertThat((double) weights[i]).as(name).isCloseTo(others[i], within(2e-5));
            }
        });
    }

    private static Map<String, float[]> trained(ModelGraph graph, Optimizer optimizer) {
        Random random = new Random(3);
        try (TrainStep step = TrainStep.compile(graph, DistillationLoss.HARD_LABELS, optimizer, "cpu", 1)) {
            for (int i = 0; i < 3; i++) {
                int[] labels = random.ints(ROWS, 0, 4).toArray();
                step.run(noise(random, ROWS * FLAT, 1), ROWS, null, labels, 0.02, i);
            }
            return step.state().tensors();
        }
    }

    /** (Reshape →) Conv → BatchNormalization → Relu → Conv of two groups → MaxPool → Flatten → Gemm. */
    private static ModelGraph network(boolean images) {
        Random random = new Random(7);
        ModelGraphBuilder graph = ModelGraph.builder("layout");
        if (images) {
            graph.input("x", ElementType.FLOAT, -1, 3, SIDE, SIDE);
        } else {
            graph.input("flat", ElementType.FLOAT, -1, FLAT)
                    .initializer(GraphTensor.of("shape", new long[] {4}, new long[] {-1, 3, SIDE, SIDE}))
                    .node("Reshape", "reshape", List.of("flat", "shape"), List.of("x"));
        }
        Attributes padded = Attributes.NONE.withInts("pads", 1, 1, 1, 1);
        return graph.initializer(weights(random, "w1", 8, 3, 3, 3))
                .initializer(weights(random, "scale", 8))
                .initializer(weights(random, "shift", 8))
                .initializer(GraphTensor.of("mean", new long[] {8}, new float[8]))
                .initializer(GraphTensor.of("variance", new long[] {8}, new float[] {1, 1, 1, 1, 1, 1, 1, 1}))
                .initializer(weights(random, "w2", 6, 4, 3, 3))
                .initializer(weights(random, "b2", 6))
                .initializer(weights(random, "w3", 4, 6 * SIDE * SIDE / 4))
                .initializer(weights(random, "b3", 4))
                .node("Conv", "conv1", List.of("x", "w1"), List.of("c1"), padded)
                .node("BatchNormalization", "norm", List.of("c1", "scale", "shift", "mean", "variance"), List.of("n"))
                .node("Relu", "relu", List.of("n"), List.of("r"))
                .node("Conv", "conv2", List.of("r", "w2", "b2"), List.of("c2"), padded.withInt("group", 2))
                .node(
                        "MaxPool",
                        "pool",
                        List.of("c2"),
                        List.of("m"),
                        Attributes.NONE.withInts("kernel_shape", 2, 2).withInts("strides", 2, 2))
                .node("Flatten", "flatten", List.of("m"), List.of("f"))
                .node("Gemm", "fc", List.of("f", "w3", "b3"), List.of("z"), Attributes.NONE.withInt("transB", 1))
                .output("z", ElementType.FLOAT, -1, 4)
                .build();
    }

    private static GraphTensor weights(Random random, String name, long... shape) {
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        return GraphTensor.of(name, shape, noise(random, size, 0.3));
    }

    private static float[] noise(Random random, int size, double deviation) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }
}

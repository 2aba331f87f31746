package io.reflux.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.precision.Precision;
import io.reflux.model.script.DenseTail;
import io.reflux.model.script.DenseTail.Layer;
import io.reflux.model.script.GraphCompiler;
import io.reflux.model.script.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps that take gradients of dense layers themselves make the weights that autograd makes. */
final class DenseTailTest {

    private static final int ROWS = 5;
    private static final int INPUTS = 520;
    private static final int HIDDEN = 512;
    private static final Attributes OUTPUTS_FIRST = Attributes.NONE.withInt("transB", 1);

    private final Random random = new Random(9);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void weights_areThoseOfAutograd(boolean withTrunk) {
        ModelGraph graph = network(withTrunk, false);
        Map<String, float[]> expected = trained(graph, Kernels.LIBTORCH, StepOptions.DEFAULT);
        Map<String, float[]> actual = trained(graph, Kernels.ONEDNN, StepOptions.DEFAULT);

        assertThat(tail(graph, Kernels.ONEDNN).layers()).hasSize(2);
        assertNear(actual, expected);
    }

    @Test
    void weights_withClippingAndFrozenLayer_areThoseOfAutograd() {
        ModelGraph graph = network(true, false);
        StepOptions options = StepOptions.DEFAULT.withClipNorm(0.5).withFreeze(List.of("w1"));

        assertNear(trained(graph, Kernels.ONEDNN, options), trained(graph, Kernels.LIBTORCH, options));
    }

    /** Parameters in the order of the file: shift, w1, b1, slope, w2, w3, b3. */
    @Test
    void pieces_holdTheParametersBetweenTheLayers() {
        DenseTail tail = tail(network(true, false), Kernels.ONEDNN);

        assertThat(tail.layers()).containsExactly(new Layer(1, 2, true), new Layer(4, -1, true));
        assertThat(tail.pieces()).containsExactly(List.of(0), List.of(3), List.of(5, 6));
    }

    /** What is read twice has a gradient of several parts: autograd adds them up. */
    @Test
    void layerBeforeABranch_isLeftToAutograd() {
        ModelGraph graph = network(true, true);

        assertThat(tail(graph, Kernels.ONEDNN).layers()).containsExactly(new Layer(4, -1, true));
        assertNear(
                trained(graph, Kernels.ONEDNN, StepOptions.DEFAULT),
                trained(graph, Kernels.LIBTORCH, StepOptions.DEFAULT));
    }

    @Test
    void kernelsOfLibtorch_cutNothing() {
        assertThat(tail(network(true, false), Kernels.LIBTORCH).layers()).isEmpty();
    }

    private static DenseTail tail(ModelGraph graph, Kernels kernels) {
        return GraphCompiler.compile(GraphContext.of(graph), Precision.FP32, Set.of(), kernels)
                .tail();
    }

    private static void assertNear(Map<String, float[]> actual, Map<String, float[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, values) -> {
            float[] others = actual.get(name);
            for (int i = 0; i < values.length; i++) {
                assertThat((double) others[i]).as(name).isCloseTo(values[i], within(2e-5));
            }
        });
    }

    private static Map<String, float[]> trained(ModelGraph graph, Kernels kernels, StepOptions options) {
        Random random = new Random(4);
        Sgd sgd = new Sgd(0.9, false, 1e-3);
        DistillationLoss loss = new DistillationLoss(2, 1, 1);
        try (TrainStep step = TrainStep.compile(graph, loss, sgd, options, Device.cpu(), kernels, 1)) {
            for (int i = 0; i < 3; i++) {
                float[] teacher = noise(random, ROWS * 10, 1);
                int[] labels = random.ints(ROWS, 0, 10).toArray();
                step.run(noise(random, ROWS * INPUTS, 1), ROWS, teacher, labels, 0.05, i);
            }
            return step.state().tensors();
        }
    }

    /** (Add of a shift →) Gemm → PRelu (→ Add of its own tanh) → Gemm without bias → Relu → Gemm of 10. */
    private ModelGraph network(boolean withTrunk, boolean withBranch) {
        ModelGraphBuilder graph = ModelGraph.builder("tail").input("x", ElementType.FLOAT, -1, INPUTS);
        if (withTrunk) {
            graph.initializer(tensor("shift", INPUTS)).node("Add", "add", List.of("x", "shift"), List.of("t"));
        }
        graph.initializer(tensor("w1", HIDDEN, INPUTS))
                .initializer(tensor("b1", HIDDEN))
                .initializer(tensor("slope", HIDDEN))
                .initializer(tensor("w2", HIDDEN, HIDDEN))
                .initializer(tensor("w3", HIDDEN, 10))
                .initializer(tensor("b3", 10))
                .node("Gemm", "fc1", List.of(withTrunk ? "t" : "x", "w1", "b1"), List.of("h1"), OUTPUTS_FIRST)
                .node("PRelu", "prelu", List.of("h1", "slope"), List.of("a1"));
        if (withBranch) {
            graph.node("Tanh", "tanh", List.of("a1"), List.of("a2"))
                    .node("Add", "sum", List.of("a1", "a2"), List.of("s"));
        }
        List<String> reads = new ArrayList<>(List.of(withBranch ? "s" : "a1", "w2"));
        return graph.node("Gemm", "fc2", reads, List.of("h2"), OUTPUTS_FIRST)
                .node("Relu", "relu", List.of("h2"), List.of("r"))
                .node("Gemm", "fc3", List.of("r", "w3", "b3"), List.of("z"))
                .output("z", ElementType.FLOAT, -1, 10)
                .build();
    }

    private GraphTensor tensor(String name, long... shape) {
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        return GraphTensor.of(name, shape, noise(random, size, 0.05));
    }

    private static float[] noise(Random random, int size, double deviation) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }
}

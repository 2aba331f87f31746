package io.reflux.model.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CurvatureTest {

    private static float[] normal(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double kl(float[] a, float[] b, int classes) {
        double sum = 0;
        for (int row = 0; row < a.length; row += classes) {
            double normA = 0;
            double normB = 0;
            for (int c = row; c < row + classes; c++) {
                normA += Math.exp(a[c]);
                normB += Math.exp(b[c]);
            }
            for (int c = row; c < row + classes; c++) {
                double p = Math.exp(a[c]) / normA;
                sum += p * (Math.log(p) - (b[c] - Math.log(normB)));
            }
        }
        return sum / (a.length / classes);
    }

    /** Of logits x·W the block of W has the trace mean ‖x‖² · Σ p(1 − p): the Hessian of log-sum-exp, by hand. */
    @Test
    void trace_ofALinearModel_isTheOneByHand() {
        float[] weight = normal(12, 1);
        ModelGraph graph = ModelGraph.builder("linear")
                .input("x", ElementType.FLOAT, -1, 3)
                .initializer(GraphTensor.of("w", new long[] {3, 4}, weight))
                .node("MatMul", "layer", List.of("x", "w"), List.of("logits"))
                .output("logits", ElementType.FLOAT, -1, 4)
                .build();
        float[] x = normal(6, 2);
        double expected = 0;
        for (int row = 0; row < 2; row++) {
            double square = 0;
            double[] exp = new double[4];
            double norm = 0;
            for (int d = 0; d < 3; d++) {
                square += x[row * 3 + d] * x[row * 3 + d];
            }
            for (int c = 0; c < 4; c++) {
                double logit = 0;
                for (int d = 0; d < 3; d++) {
                    logit += x[row * 3 + d] * weight[d * 4 + c];
                }
                exp[c] = Math.exp(logit);
                norm += exp[c];
            }
            for (double e : exp) {
                expected += square * e / norm * (1 - e / norm) / 2;
            }
        }
        double mean = 0;
        try (Curvature curvature = Curvature.of(graph, List.of("w"))) {
            for (int i = 0; i < 2000; i++) {
                mean += curvature.probe(Inputs.of(x), 2, i).get("w") / 2000;
            }
        }
        assertThat(mean).isCloseTo(expected, within(0.05 * expected));
    }

    /** vᵀHv of all parameters together is the second difference of the divergence along v, in ONNX Runtime. */
    @Test
    void products_ofConvolutions_areSecondDifferencesOfTheDivergence() {
        ModelGraph graph = Zoo.build(ZooSpec.of(Zoo.LENET_5));
        List<String> weights = graph.initializers().keySet().stream()
                .filter(name -> name.contains("weight"))
                .toList();
        assertThat(weights).hasSize(4);
        float[] x = normal(4 * 784, 3);
        try (Curvature curvature = Curvature.of(graph, weights)) {
            List<float[]> vectors = new ArrayList<>();
            Random random = new Random(5);
            for (String name : curvature.names()) {
                float[] vector = new float[graph.initializers().get(name).size()];
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = random.nextBoolean() ? 1 : -1;
                }
                vectors.add(vector);
            }
            double[] differences = curvature.differences(Inputs.of(x), 4, vectors);
            double[] exact = curvature.products(Inputs.of(x), 4, vectors).values().stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            // Differences also see the Relus and pools that turn over within the step.
            for (int i = 0; i < exact.length; i++) {
                assertThat(differences[i]).isCloseTo(exact[i], within(0.3 * Math.abs(exact[i])));
            }
            double product = curvature.products(Inputs.of(x), 4, vectors).values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
            float[] logits = logits(graph, curvature.names(), vectors, 0, x);
            float step = 2e-4f;
            double second = (kl(logits, logits(graph, curvature.names(), vectors, step, x), 10)
                            + kl(logits, logits(graph, curvature.names(), vectors, -step, x), 10))
                    / step
                    / step;
            assertThat(product).isCloseTo(second, within(0.03 * second));
        }
    }

    private static float[] logits(ModelGraph graph, List<String> names, List<float[]> vectors, float step, float[] x) {
        Map<String, GraphTensor> moved = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            GraphTensor tensor = graph.initializers().get(names.get(i));
            float[] values = tensor.floats();
            for (int j = 0; j < values.length; j++) {
                values[j] += step * vectors.get(i)[j];
            }
            moved.put(names.get(i), GraphTensor.of(names.get(i), tensor.shape(), values));
        }
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(graph.withInitializers(moved), 1)) {
            return model.logits(Inputs.of(x), 4);
        }
    }

    @Test
    void curvature_ofFusedAttention_isMadeOfDifferences() {
        ModelGraph graph = Zoo.build(new ZooSpec("gpt", List.of(16), 20, Map.of(), null, 1));
        List<String> weights = graph.initializers().keySet().stream()
                .filter(name -> name.endsWith("weight")
                        && graph.initializers().get(name).shape().length == 2)
                .toList();
        long[] tokens = new Random(1).longs(32, 0, 20).toArray();
        try (Curvature curvature = Curvature.of(graph, weights)) {
            assertThat(curvature.probe(Inputs.of(tokens), 2, 1).values())
                    .allSatisfy(value -> assertThat(value).isFinite().isNotZero());
        }
    }

    @Test
    void parameter_thatIsNotThere_isRefused() {
        assertThatThrownBy(() -> Curvature.of(Zoo.build(ZooSpec.of(Zoo.LENET_5)), List.of("none")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("none (expected: a parameter that trains)");
    }
}

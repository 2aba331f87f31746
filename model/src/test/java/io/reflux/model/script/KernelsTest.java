package io.reflux.model.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.precision.Precision;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A dense layer over 16×32 positions, 96 numbers to 128, against sums in double. */
final class KernelsTest {

    private static final int BATCH = 16;
    private static final int POSITIONS = 32;
    private static final int ROWS = BATCH * POSITIONS;
    private static final int INPUTS = 96;
    private static final int OUTPUTS = 128;

    private final float[] x = random(ROWS * INPUTS, 1);
    private final float[] weight = random(INPUTS * OUTPUTS, 2);
    private final float[] bias = random(OUTPUTS, 3);
    private final float[] upstream = random(ROWS * OUTPUTS, 4);

    @ParameterizedTest
    @EnumSource(Kernels.class)
    void evaluate_denseLayer_isTheProduct(Kernels kernels) {
        assertNear(call(kernels, GraphScript.EVALUATE, new NDList()).get(0), product());
    }

    @ParameterizedTest
    @EnumSource(Kernels.class)
    void train_denseLayer_hasTheGradientsOfTheProduct(Kernels kernels) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDList seed = new NDList(manager.create(upstream, new Shape(BATCH, POSITIONS, OUTPUTS)));
            List<float[]> results = call(kernels, "gradients", seed);

            double[] ofWeight = new double[INPUTS * OUTPUTS];
            double[] ofBias = new double[OUTPUTS];
            double[] ofX = new double[ROWS * INPUTS];
            for (int row = 0; row < ROWS; row++) {
                for (int out = 0; out < OUTPUTS; out++) {
                    double error = upstream[row * OUTPUTS + out];
                    ofBias[out] += error;
                    for (int in = 0; in < INPUTS; in++) {
                        ofWeight[in * OUTPUTS + out] += x[row * INPUTS + in] * error;
                        ofX[row * INPUTS + in] += weight[in * OUTPUTS + out] * error;
                    }
                }
            }
            assertNear(results.get(0), product());
            assertNear(results.get(1), ofX);
            assertNear(results.get(2), ofWeight);
            assertNear(results.get(3), ofBias);
        }
    }

    @Test
    void compile_forLibtorch_namesNoKernelOfOneDnn() {
        assertThat(script(Kernels.LIBTORCH).methods()).doesNotContain("mkldnn").doesNotContain("conv2d");
        assertThat(script(Kernels.ONEDNN).methods()).contains("mkldnn").contains("conv2d");
    }

    /** Products of some 500 numbers in [−1, 1): rounding of 2⁻²⁴ each. */
    private static void assertNear(float[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-4));
        }
    }

    private double[] product() {
        double[] y = new double[ROWS * OUTPUTS];
        for (int row = 0; row < ROWS; row++) {
            for (int out = 0; out < OUTPUTS; out++) {
                double sum = bias[out];
                for (int in = 0; in < INPUTS; in++) {
                    sum += (double) x[row * INPUTS + in] * weight[in * OUTPUTS + out];
                }
                y[row * OUTPUTS + out] = sum;
            }
        }
        return y;
    }

    private List<float[]> call(Kernels kernels, String method, NDList others) {
        GraphScript script = script(kernels);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                ScriptModule module = ScriptModule.load(manager, GraphScript.CLASS, script.classWith(gradients()))) {
            NDList parameters = TorchTensors.create(manager, script.parameters());
            ScriptModule.asList(parameters, "p");
            NDList arguments = new NDList(manager.create(x, new Shape(BATCH, POSITIONS, INPUTS))).addAll(parameters);
            arguments.forEach(argument -> argument.setRequiresGradient(true));
            try (NDList results = module.call(method, arguments.addAll(others), !others.isEmpty())) {
                return results.stream().map(result -> result.toFloatArray()).toList();
            }
        }
    }

    private static String gradients() {
        return """
                  def gradients(self: __torch__.Graph, x0: Tensor, p: List[Tensor], c: Tensor) -> List[Tensor]:
                    _0 = torch.set_grad_enabled(True)
                    y = (self).train(x0, p, )[0]
                    g = torch.autograd.grad([torch.sum(torch.mul(y, c))], [x0, p[0], p[1]])
                    _1 = torch.set_grad_enabled(False)
                    g0 = g[0]
                    g1 = g[1]
                    g2 = g[2]
                    return [torch.detach(y), unchecked_cast(Tensor, g0), unchecked_cast(Tensor, g1), unchecked_cast(Tensor, g2)]
                """;
    }

    private GraphScript script(Kernels kernels) {
        ModelGraph graph = ModelGraph.builder("dense")
                .input("x", ElementType.FLOAT, -1, POSITIONS, INPUTS)
                .initializer(GraphTensor.of("weight", new long[] {INPUTS, OUTPUTS}, weight))
                .initializer(GraphTensor.of("bias", new long[] {OUTPUTS}, bias))
                .node("MatMul", "product", List.of("x", "weight"), List.of("xw"))
                .node("Add", "sum", List.of("xw", "bias"), List.of("y"))
                .output("y", ElementType.FLOAT, -1, POSITIONS, OUTPUTS)
                .build();
        return GraphCompiler.compile(GraphContext.of(graph), Precision.FP32, Set.of(), kernels);
    }

    private static float[] random(int size, long seed) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }
}

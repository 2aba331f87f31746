package io.reflux.model.operator.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BinarizeTest {

    private static final float[] X = {0.37f, -1.9f};

    /** Rows are inputs, columns outputs. */
    private static final float[] WEIGHT = {0.3f, -2, -1e-6f, 0.8f, 5, -0.1f};

    private static final float[] SCALES = {0.5f, 0.25f, 2};

    /** z = x · (scale · sign(w)), with a scale for each of three outputs, which trains. */
    private static ModelGraph graph() {
        return new RoleOverrides(List.of("scale"), List.of())
                .note(ModelGraph.builder("binary")
                        .input("x", ElementType.FLOAT, -1, 2)
                        .output("z", ElementType.FLOAT, -1, 3)
                        .initializer(GraphTensor.of("w", new long[] {2, 3}, WEIGHT))
                        .initializer(GraphTensor.of("least_scale", new long[0], new float[] {0x1p-60f}))
                        .initializer(GraphTensor.of("zero", ElementType.INT8, new long[0], new long[] {0}))
                        .initializer(GraphTensor.of("scale", new long[] {3}, SCALES))
                        .initializer(GraphTensor.of("zeros", ElementType.INT8, new long[] {3}, new long[3]))
                        .initializer(GraphTensor.of("least", ElementType.INT8, new long[0], new long[] {-1}))
                        .initializer(GraphTensor.of("most", ElementType.INT8, new long[0], new long[] {1}))
                        .node("QuantizeLinear", "quantize", List.of("w", "least_scale", "zero"), List.of("q"))
                        .node("Clip", "clip", List.of("q", "least", "most"), List.of("c"))
                        .node(
                                "DequantizeLinear",
                                "dequantize",
                                List.of("c", "scale", "zeros"),
                                List.of("d"),
                                Attributes.NONE.withInt("axis", 1))
                        .node("MatMul", "product", List.of("x", "d"), List.of("z"))
                        .build());
    }

    private static float[] gradient(String tensor) {
        ModelGraph graph = graph();
        try (TrainStep step = TrainStep.compile(graph, DistillationLoss.HARD_LABELS, new Sgd(0, false, 0), "cpu", 1)) {
            step.run(Inputs.of(X), 1, null, new int[] {1}, 1, 0);
            float[] after = step.export().initializers().get(tensor).floats();
            float[] before = graph.initializers().get(tensor).floats();
            for (int i = 0; i < before.length; i++) {
                before[i] -= after[i];
            }
            return before;
        }
    }

    /** Softmax less the label, of z in double precision. */
    private static double[] error() {
        double[] z = new double[3];
        double sum = 0;
        for (int i = 0; i < 6; i++) {
            z[i % 3] += X[i / 3] * SCALES[i % 3] * Math.signum(WEIGHT[i]);
        }
        for (double value : z) {
            sum += Math.exp(value);
        }
        for (int c = 0; c < 3; c++) {
            z[c] = Math.exp(z[c]) / sum - (c == 1 ? 1 : 0);
        }
        return z;
    }

    @Test
    void weight_ofAnySize_getsTheGradientOfItsSign() {
        double[] error = error();
        float[] gradient = gradient("w");
        for (int i = 0; i < 6; i++) {
            assertThat((double) gradient[i]).isCloseTo(error[i % 3] * X[i / 3], within(1e-6));
        }
    }

    /** d(scale · sign(w)) / d scale = sign(w), divided by the root of the two elements that share a scale. */
    @Test
    void scale_ofAnOutput_getsTheGradientOfItsSigns() {
        double[] error = error();
        double[] expected = new double[3];
        for (int i = 0; i < 6; i++) {
            expected[i % 3] += error[i % 3] * X[i / 3] * Math.signum(WEIGHT[i]) / Math.sqrt(2);
        }
        float[] gradient = gradient("scale");
        for (int c = 0; c < 3; c++) {
            assertThat((double) gradient[c]).isCloseTo(expected[c], within(1e-6));
        }
    }

    /** Inputs of one feature each time, which ONNX Runtime's own rounding of inputs to integers leaves as they are. */
    @Test
    void signs_inOnnxRuntime_areThese() {
        float[] x = {1, 0, 0, 1};
        try (OnnxRuntimeModel reference = OnnxRuntimeModel.open(graph(), 1);
                TorchGraphModel ours = TorchGraphModel.open(graph(), "cpu")) {
            assertThat(ours.logits(x, 2)).containsExactly(0.5f, -0.25f, -2, 0.5f, 0.25f, -2);
            assertThat(reference.logits(x, 2)).containsExactly(ours.logits(x, 2), within(1e-6f));
        }
    }
}

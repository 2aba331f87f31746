package io.reflux.quantization.qat;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.model.precision.Precision;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.StepOptions;
import io.reflux.model.step.TrainStep;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.integers.IntegerArithmetic;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.Quantizer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TrainedScalesTest {

    private static final int ROWS = 32;

    private static float[] images(long seed) {
        Random random = new Random(seed);
        float[] values = new float[ROWS * 784];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static int[] labels() {
        int[] labels = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            labels[i] = i % 10;
        }
        return labels;
    }

    private static ModelGraph quantized(int bits) {
        ModelGraph graph = Zoo.build(ZooSpec.of(Zoo.LENET_5));
        return Quantizer.of(graph, QuantizationConfig.INT8.withBits(bits, bits).withEndBits(bits))
                .quantize(List.of(new CalibrationBatch(Inputs.of(images(1)), ROWS)), 1)
                .trainable();
    }

    private static ModelGraph trained(ModelGraph graph, Precision precision, int steps) {
        try (TrainStep step = TrainStep.compile(
                graph,
                DistillationLoss.HARD_LABELS,
                new Sgd(0, false, 0),
                StepOptions.DEFAULT.withPrecision(precision),
                "cpu",
                1)) {
            double first = 0;
            double last = 0;
            for (int i = 0; i < steps; i++) {
                last = step.run(Inputs.of(images(1)), ROWS, null, labels(), 0.0005, i)
                        .loss();
                first = i == 0 ? last : first;
            }
            assertThat(last).isLessThan(first);
            return step.export();
        }
    }

    /** Trains, finishes, and compares what libtorch evaluates with what ONNX Runtime runs in integers. */
    @ParameterizedTest
    @CsvSource({"8, FP32, true", "8, BF16, false", "4, FP32, true", "2, FP32, true", "4, FP32, false"})
    void training_ofAQuantizedGraph_learnsAndLeavesAsItWas(int bits, Precision precision, boolean learned) {
        ModelGraph start = learned ? TrainedScales.learn(quantized(bits)) : quantized(bits);
        ModelGraph trained = trained(start, precision, 12);
        String scale = "conv1.weight_scale";
        assertThat(trained.initializers()).containsKey(scale);
        boolean moved =
                !trained.initializers().get(scale).equals(start.initializers().get(scale));
        assertThat(moved).isEqualTo(learned);

        FinishedGraph finished = FinishedGraph.of(trained);
        List<CalibrationBatch> batches = List.of(new CalibrationBatch(Inputs.of(images(1)), ROWS));
        try (TorchGraphModel exact = TorchGraphModel.open(IntegerArithmetic.of(finished.trained()), "cpu");
                OnnxRuntimeModel integers = OnnxRuntimeModel.open(finished.stored(), 1)) {
            assertThat(Fidelity.between(exact, integers, batches).maxDifference())
                    .isLessThan(1e-4);
        }
        assertThat(RoleOverrides.of(finished.stored()).parameters()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"8, false", "4, true"})
    void learn_ofWhatIsFedIn_onlyInFewBits(int bits, boolean learned) {
        ModelGraph graph = quantized(bits);
        List<String> parameters = RoleOverrides.of(TrainedScales.learn(graph)).parameters();
        assertThat(parameters.contains(graph.inputs().get(0).name() + "_scale")).isEqualTo(learned);
        assertThat(parameters).contains("conv1.weight_scale");
    }

    @Test
    void fix_ofAScaleThatTrainingTookBelowZero_isItsMagnitude() {
        ModelGraph graph = quantized(8);
        String scale = "conv1.weight_scale";
        GraphTensor before = graph.initializers().get(scale);
        float[] values = before.floats();
        values[0] = -0.5f;
        ModelGraph fixed =
                TrainedScales.fix(graph.withInitializers(Map.of(scale, GraphTensor.of(scale, before.shape(), values))));
        assertThat(fixed.initializers().get(scale).floats()[0]).isEqualTo(0.5f);
    }

    @Test
    void finished_ofAGraphWithoutPairs_isTheGraph() {
        ModelGraph graph = Zoo.build(ZooSpec.of(Zoo.LENET_5));
        assertThat(FinishedGraph.of(graph).stored()).isSameAs(graph);
        assertThat(graph.initializers().values()).noneMatch(tensor -> tensor.type() == ElementType.INT8);
    }
}

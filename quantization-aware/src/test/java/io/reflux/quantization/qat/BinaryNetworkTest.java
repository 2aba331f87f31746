package io.reflux.quantization.qat;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.step.AdamW;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.TrainStep;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSetting;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.integers.IntegerArithmetic;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.Quantizer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks of so few bits that one activation beside the right one is seen in the logits. */
final class BinaryNetworkTest {

    private static final int ROWS = 1000;

    /** Noise around a pattern for each class. */
    private static float[] images() {
        Random random = new Random(3);
        float[] values = new float[ROWS * 784];
        for (int i = 0; i < values.length; i++) {
            int shade = new Random(i % 784 * 10L + i / 784 % 10).nextInt(256);
            values[i] = (shade + random.nextInt(256)) / 255f - 0.4f;
        }
        return values;
    }

    private static int[] labels() {
        int[] labels = new int[ROWS];
        Arrays.setAll(labels, i -> i % 10);
        return labels;
    }

    private static ModelGraph network() {
        return Zoo.build(ZooSpec.of(Zoo.MLP)
                .with(ZooSetting.HIDDEN, List.of(64, 64))
                .with(ZooSetting.BATCH_NORM, true)
                .withDropout(0.1, 0.1));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "1, 1, 8", "2, 2, 2", "1, 2, 8"})
    void training_inFewBits_learnsAndLeavesAsItWas(int weightBits, int activationBits, int endBits) {
        List<CalibrationBatch> batches = List.of(new CalibrationBatch(Inputs.of(images()), ROWS));
        QuantizationConfig config =
                QuantizationConfig.INT8.withBits(weightBits, activationBits).withEndBits(endBits);
        ModelGraph start = TrainedScales.learn(
                Quantizer.forTraining(network(), config).quantize(batches, 1).trainable());
        ModelGraph trained;
        try (TrainStep step =
                TrainStep.compile(start, DistillationLoss.HARD_LABELS, new AdamW(0.9, 0.999, 1e-8, 0), "cpu", 1)) {
            double first = 0;
            double last = 0;
            for (int i = 0; i < 60; i++) {
                last = step.run(Inputs.of(images()), ROWS, null, labels(), 0.002, i)
                        .loss();
                first = i == 0 ? last : first;
            }
            assertThat(last).isLessThan(first * 0.7);
            trained = step.export();
        }
        FinishedGraph finished = FinishedGraph.of(trained);
        try (TorchGraphModel before = TorchGraphModel.open(trained, "cpu");
                TorchGraphModel fake = TorchGraphModel.open(finished.trained(), "cpu");
                TorchGraphModel exact = TorchGraphModel.open(IntegerArithmetic.of(finished.trained()), "cpu");
                OnnxRuntimeModel real = OnnxRuntimeModel.open(finished.stored(), 1)) {
            // Biases are rounded, to a 64th of what one weight can add: where inputs are binary too, the threshold of a
            // neuron in some tens moves.
            double least = activationBits == 1 && endBits == 1 ? 0.97 : 0.99;
            assertThat(Fidelity.between(before, fake, batches).agreement()).isGreaterThan(least);
            assertThat(Fidelity.between(exact, real, batches).maxDifference()).isLessThan(1e-4);
        }
    }
}

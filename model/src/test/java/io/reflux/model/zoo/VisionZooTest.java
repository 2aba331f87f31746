package io.reflux.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.Operators;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import io.reflux.model.summary.ModelSummary;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes against the papers, logits against ONNX Runtime, and whether everything that should train does. */
final class VisionZooTest {

    /**
     * Parameters and, in thousands, multiply-accumulates for 3×32×32 and 10 classes. Papers give them rounded: He et al. 2016,
     * table 6 (0.27M, 0.46M, 0.66M, 0.85M, 1.7M); Zagoruyko & Komodakis 2016, tables 4 and 5 (wrn-40-1 0.6M, wrn-40-2
     * 2.2M, wrn-16-8 11.0M, wrn-28-10 36.5M); MLPerf Tiny's ResNet-8 has 78,666 with 480 running statistics.
     * The exact ones follow from the layers.
     */
    @ParameterizedTest
    @CsvSource({
        "resnet-8, 78186",
        "resnet-20, 272474",
        "resnet-56, 855770",
        "wrn-40-1, 563930",
        "wrn-40-2, 2243546",
        "wrn-16-4, 2748890",
        "wrn-16-8, 10961370",
        "vgg-small, 4660106",
    })
    void build_hasTheParametersOfThePaper(String name, long parameters) {
        assertThat(ModelSummary.of(Zoo.build(cifar(name))).parameters()).isEqualTo(parameters);
    }

    /** He et al. give no number for ResNet-20; its layers make 40.55M, WRN-28-10's 5.2G is that of its paper's code. */
    @ParameterizedTest
    @CsvSource({
        "resnet-8, 12501632",
        "resnet-20, 40813184",
        "resnet-56, 125747840",
        "wrn-40-2, 327599360",
        "vgg-small, 607600640",
    })
    void build_hasTheMultiplyAccumulatesOfThePaper(String name, long multiplyAccumulates) {
        assertThat(ModelSummary.of(Zoo.build(cifar(name))).multiplyAccumulates())
                .isEqualTo(multiplyAccumulates);
    }

    @ParameterizedTest
    @CsvSource({"resnet-8, A", "resnet-20, B", "preresnet-20, B", "wrn-10-1, ", "vgg-small, "})
    void logits_areThoseOfOnnxRuntime(String name, @Nullable String shortcut) {
        ZooSpec spec = small(name, shortcut);
        ModelGraph graph = Zoo.build(spec);
        float[] inputs = noise(2 * 3 * 32 * 32);

        try (OnnxRuntimeModel expected = OnnxRuntimeModel.open(graph, 1);
                TorchGraphModel actual = TorchGraphModel.open(graph, "cpu")) {
            float[] reference = expected.logits(inputs, 2);
            float[] logits = actual.logits(inputs, 2);

            double scale = largest(reference);
            assertThat(scale).isGreaterThan(1e-3);
            for (int i = 0; i < reference.length; i++) {
                assertThat((double) logits[i]).isCloseTo(reference[i], within(1e-4 * scale));
            }
        }
    }

    /** One step of plain descent moves every parameter, and running statistics too; none becomes infinite. */
    @ParameterizedTest
    @CsvSource({"resnet-8, A", "resnet-20, B", "preresnet-20, B", "wrn-10-1, ", "vgg-small, "})
    void step_movesEveryTensorThatTrains(String name, @Nullable String shortcut) {
        ModelGraph graph = Zoo.build(small(name, shortcut));
        Map<String, InitializerRole> roles = Operators.roles(graph);
        try (TrainStep step = TrainStep.compile(graph, DistillationLoss.HARD_LABELS, new Sgd(0, false, 0), "cpu", 1)) {
            step.run(noise(4 * 3 * 32 * 32), 4, null, new int[] {1, 3, 5, 7}, 0.1, 0);

            step.export().initializers().forEach((tensor, after) -> {
                if (roles.get(tensor) != InitializerRole.CONSTANT) {
                    float[] values = after.floats();
                    assertThat(values)
                            .as(tensor)
                            .isNotEqualTo(graph.initializers().get(tensor).floats());
                    for (float value : values) {
                        assertThat(Float.isFinite(value)).as(tensor).isTrue();
                    }
                }
            });
        }
    }

    @Test
    void build_onOtherShapes_followsTheInput() {
        ModelGraph graph = Zoo.build(
                ZooSpec.of("resnet-8").withInputShape(List.of(1, 28, 20)).withNumClasses(7));

        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(graph, 1)) {
            assertThat(model.logits(noise(28 * 20), 1)).hasSize(7);
        }
    }

    private static ZooSpec cifar(String name) {
        return ZooSpec.of(name).withInputShape(List.of(3, 32, 32));
    }

    /** Narrow where that can be chosen, to be quick. */
    private static ZooSpec small(String name, @Nullable String shortcut) {
        ZooSpec spec = cifar(name);
        if (Zoo.settings(name).contains(ZooSetting.WIDTH)) {
            spec = spec.with(ZooSetting.WIDTH, 0.25);
        }
        return shortcut == null || !Zoo.settings(name).contains(ZooSetting.SHORTCUT)
                ? spec
                : spec.with(ZooSetting.SHORTCUT, shortcut);
    }

    private static float[] noise(int size) {
        Random random = new Random(5);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}

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
     * 3×32×32, 10 classes. Papers round: He et al. 2016, table 6, ResNet-20 0.27M, -56 0.85M (with shortcuts of option A);
     * Zagoruyko & Komodakis 2016, tables 4 and 5, wrn-40-1 0.6M, -40-2 2.2M, -16-8 11.0M, -28-10 36.5M; MLPerf Tiny's ResNet-8 has 78,666
     * with its 480 running statistics. Multiply-accumulates: MLPerf Tiny 12.5M, wrn-28-10 5.2G.
     */
    @ParameterizedTest
    @CsvSource({
        "resnet-8, 78186, 12501632",
        "resnet-20, 272474, 40813184",
        "resnet-56, 855770, 125747840",
        "preresnet-20, 272282, 40813184",
        "wrn-40-1, 563930, 83280512",
        "wrn-40-2, 2243546, 327599360",
        "wrn-16-8, 10961370, 1548145664",
        "wrn-28-10, 36479194, 5243328768",
        "vgg-small, 4660106, 607600640",
    })
    void build_ofSmallImages_hasTheSizeOfThePaper(String name, long parameters, long multiplyAccumulates) {
        ModelSummary summary = ModelSummary.of(Zoo.build(cifar(name)));

        assertThat(summary.parameters()).isEqualTo(parameters);
        assertThat(summary.multiplyAccumulates()).isEqualTo(multiplyAccumulates);
    }

    /** He et al. 2016, table 6: 0.27M, 0.46M, 0.66M, 0.85M and 1.7M; shortcuts of option A have no parameters. */
    @ParameterizedTest
    @CsvSource({
        "resnet-20, 269722, 40551040",
        "resnet-32, 464154, 68862592",
        "resnet-44, 658586, 97174144",
        "resnet-56, 853018, 125485696",
        "resnet-110, 1727962, 252887680",
    })
    void build_withShortcutsOfZeros_hasTheSizeOfThePaper(String name, long parameters, long multiplyAccumulates) {
        ModelSummary summary = ModelSummary.of(Zoo.build(cifar(name).with(ZooSetting.SHORTCUT, "A")));

        assertThat(summary.parameters()).isEqualTo(parameters);
        assertThat(summary.multiplyAccumulates()).isEqualTo(multiplyAccumulates);
    }

    /**
     * 3×224×224, 1000 classes. Howard et al. 2017, table 4: 4.2M parameters and 569M multiply-accumulates; Sandler et al. 2018,
     * table 4: 3.4M and 300M; Touvron et al. 2021, table 1: 5M. Exact counts are those of torchvision (MobileNetV2, SqueezeNet 1.1)
     * and timm (ViT-Ti/16).
     */
    @ParameterizedTest
    @CsvSource({
        "mobilenet-v1, 4231976, 568740352",
        "mobilenet-v2, 3504872, 300774272",
        "squeezenet, 1235496, 349151936",
        "vit-tiny, 5717416, 1253683200",
    })
    void build_ofLargeImages_hasTheSizeOfThePaper(String name, long parameters, long multiplyAccumulates) {
        ZooSpec spec = ZooSpec.of(name).withInputShape(List.of(3, 224, 224)).withNumClasses(1000);
        ModelSummary summary = ModelSummary.of(Zoo.build(spec));

        assertThat(summary.parameters()).isEqualTo(parameters);
        assertThat(summary.multiplyAccumulates()).isEqualTo(multiplyAccumulates);
    }

    /** MLPerf Tiny's reference has 221,794 numbers: these, 5,472 running statistics and 2,736 biases before normalisations. */
    @Test
    void mobilenetV1_ofAQuarterOfTheWidth_isThatOfVisualWakeWords() {
        ModelSummary summary = ModelSummary.of(Zoo.build(ZooSpec.of("mobilenet-v1")
                .withInputShape(List.of(3, 96, 96))
                .withNumClasses(2)
                .with(ZooSetting.WIDTH, 0.25)));

        assertThat(summary.parameters()).isEqualTo(221_794 - 5_472 - 2_736);
        assertThat(summary.buffers()).isEqualTo(5_472);
        assertThat(summary.multiplyAccumulates()).isEqualTo(7_489_664);
    }

    @ParameterizedTest
    @CsvSource({
        "resnet-8, ",
        "resnet-20, A",
        "resnet-20, B",
        "preresnet-20, A",
        "preresnet-20, B",
        "wrn-10-1, ",
        "vgg-small, ",
        "squeezenet, ",
        "mobilenet-v1, ",
        "mobilenet-v2, ",
        "vit-tiny, "
    })
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
    @CsvSource({
        "resnet-8, ",
        "resnet-20, A",
        "resnet-20, B",
        "preresnet-20, A",
        "preresnet-20, B",
        "wrn-10-1, ",
        "vgg-small, ",
        "squeezenet, ",
        "mobilenet-v1, ",
        "mobilenet-v2, ",
        "vit-tiny, "
    })
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
        if (Zoo.settings(name).contains(ZooSetting.DEPTH)) {
            spec = spec.with(ZooSetting.DEPTH, 2).with(ZooSetting.EMBEDDING, 24).with(ZooSetting.PATCH_SIZE, 8);
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

package io.reflux.quantization.folding;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.integers.IntegerArithmetic;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.Quantizer;
import io.reflux.quantization.qat.FinishedGraph;
import io.reflux.quantization.qat.TrainedScales;
import io.reflux.quantization.rewrite.PairRemoval;
import io.reflux.quantization.rewrite.PairedWeight;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LiveNormsTest {

    private static final int ROWS = 24;

    private static final List<CalibrationBatch> BATCHES = List.of(new CalibrationBatch(Inputs.of(images()), ROWS));

    private static float[] images() {
        Random random = new Random(3);
        float[] values = new float[ROWS * 768];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static int[] labels() {
        int[] labels = new int[ROWS];
        Arrays.setAll(labels, i -> i % 10);
        return labels;
    }

    /** ResNet-8 with norms as training might leave them: some scales negative, one 0, means and variances of all sizes. */
    private static ModelGraph network() {
        ModelGraph graph = Zoo.build(ZooSpec.of("resnet-8").withInputShape(List.of(3, 16, 16)));
        Random random = new Random(7);
        Map<String, GraphTensor> changed = new HashMap<>();
        for (GraphNode node : graph.nodes()) {
            if (node.operator().equals("BatchNormalization")) {
                for (int input = 1; input <= 4; input++) {
                    GraphTensor tensor = graph.initializers().get(node.input(input));
                    float[] values = tensor.floats();
                    for (int c = 0; c < values.length; c++) {
                        double value = input == 4 ? 0.5 + random.nextDouble() : random.nextGaussian() * 0.5;
                        values[c] = (float) (input == 1 ? 0.8 + value : value);
                    }
                    values[0] = input == 1 ? 0 : values[0];
                    changed.put(tensor.name(), GraphTensor.of(tensor.name(), tensor.shape(), values));
                }
            }
        }
        return graph.withInitializers(changed);
    }

    private static ModelGraph quantized(ModelGraph graph, int weightBits) {
        return Quantizer.forTraining(graph, QuantizationConfig.INT8.withBits(weightBits, 8))
                .quantize(BATCHES, 1)
                .trainable();
    }

    private static Fidelity fidelity(ModelGraph fake, ModelGraph real) {
        try (TorchGraphModel first = TorchGraphModel.open(fake, "cpu");
                TorchGraphModel second = TorchGraphModel.open(real, "cpu")) {
            return Fidelity.between(first, second, BATCHES);
        }
    }

    private static long norms(ModelGraph graph) {
        return graph.nodes().stream()
                .filter(node -> node.operator().equals("BatchNormalization"))
                .count();
    }

    @Test
    void prepare_ofNormsWithNegativeScales_computesTheSame() {
        ModelGraph live = LiveNorms.prepare(network());
        assertThat(fidelity(network(), live).maxDifference()).isLessThan(1e-5);
        live.nodes().stream()
                .filter(node -> node.operator().equals("Abs"))
                .map(node -> live.initializers().get(node.input(0)).floats())
                .forEach(gamma -> {
                    for (float value : gamma) {
                        assertThat(value).isGreaterThanOrEqualTo(0);
                    }
                });
    }

    /** Folding by scale is the formula of NormFolding where nothing is quantised. */
    @Test
    void fold_ofLiveNormsWithoutPairs_computesTheSame() {
        ModelGraph folded = PairedNormFolding.fold(LiveNorms.prepare(network()));
        assertThat(norms(folded)).isZero();
        assertThat(fidelity(network(), folded).maxDifference()).isLessThan(1e-4);
    }

    /** Statistics go with their normalisations, and pairs with their scales: the notes would choose nothing. */
    @Test
    void notes_byPattern_ofWhatGoes_goToo() {
        ModelGraph live = quantized(network(), 8);
        String mean = live.nodes().stream()
                .filter(node -> node.operator().equals("BatchNormalization"))
                .findFirst()
                .orElseThrow()
                .input(3);
        String means = "*" + mean.substring(mean.lastIndexOf('.'));
        ModelGraph noted = new RoleOverrides(List.of(), List.of(means, "*_scale")).note(live);

        ModelGraph folded = PairedNormFolding.fold(noted);
        assertThat(RoleOverrides.of(folded).constants()).containsExactly("*_scale");
        ModelGraph floats = PairRemoval.remove(folded);
        assertThat(RoleOverrides.of(floats).constants()).isEmpty();
        GraphContext.of(floats);
        GraphContext.of(FinishedGraph.of(noted).stored());
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 4, 2})
    void finished_ofATrainedGraphWithLiveNorms_hasItsIntegersAndAnswers(int weightBits) {
        ModelGraph start = TrainedScales.learn(quantized(network(), weightBits));
        assertThat(norms(start)).isEqualTo(norms(network()));
        ModelGraph trained = trained(start, 0.05, 20);
        FinishedGraph finished = FinishedGraph.of(trained);

        assertThat(norms(finished.stored())).isZero();
        Map<String, int[]> before = integers(trained);
        assertThat(before).hasSize(9);
        integers(finished.trained())
                .forEach((weight, codes) -> assertThat(codes).as(weight).isEqualTo(before.get(weight)));
        // Biases are rounded, which may turn an activation to the integer beside it, and an answer that was all but a
        // tie.
        assertThat(fidelity(trained, finished.trained()).agreement()).isGreaterThan(0.9);
        assertThat(fidelity(trained, finished.trained()).meanDifference()).isLessThan(0.1);
        try (TorchGraphModel exact = TorchGraphModel.open(IntegerArithmetic.of(finished.trained()), "cpu");
                OnnxRuntimeModel real = OnnxRuntimeModel.open(finished.stored(), 1)) {
            assertThat(Fidelity.between(exact, real, BATCHES).maxDifference()).isLessThan(1e-4);
        }
    }

    /** What such a layer gives is its shift, which engines add as integers of 32 bits. */
    @ParameterizedTest
    @CsvSource({"0, 8", "1e-7, 8", "1e-12, 8", "1e-12, 2"})
    void finished_ofAGraphWithANormOfNextToNothing_answersAsTrained(float gamma, int weightBits) {
        ModelGraph network = network();
        GraphNode norm = network.nodes().stream()
                .filter(node -> node.operator().equals("BatchNormalization"))
                .skip(1)
                .findFirst()
                .orElseThrow();
        GraphTensor scale = network.initializers().get(norm.input(1));
        float[] values = new float[scale.size()];
        Arrays.fill(values, gamma);
        ModelGraph live = quantized(
                network.withInitializers(Map.of(scale.name(), GraphTensor.of(scale.name(), scale.shape(), values))),
                weightBits);
        FinishedGraph finished = FinishedGraph.of(live);

        assertThat(fidelity(live, finished.trained()).meanDifference()).isLessThan(0.1);
        try (TorchGraphModel fake = TorchGraphModel.open(finished.trained(), "cpu");
                OnnxRuntimeModel real = OnnxRuntimeModel.open(finished.stored(), 1)) {
            assertThat(Fidelity.between(fake, real, BATCHES).meanDifference()).isLessThan(0.1);
        }
    }

    /** By the weight's name; without the first output, whose norm's scale is 0: it has the least scale, and integers 0. */
    private static Map<String, int[]> integers(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        Map<String, int[]> integers = new HashMap<>();
        for (GraphNode node : graph.nodes()) {
            if (node.operator().equals("Conv")) {
                PairedWeight weight =
                        PairedWeight.of(graph, links, node.input(1)).orElseThrow();
                int[] codes = weight.quantized().codes();
                int one = codes.length / (int) weight.weight().shape()[0];
                integers.put(weight.weight().name(), Arrays.copyOfRange(codes, one, codes.length));
            }
        }
        return integers;
    }

    /** Without live norms, 0.01 diverges within twenty steps. */
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1})
    void training_atALargeRate_isStable(double rate) {
        ModelGraph start = Zoo.build(ZooSpec.of("resnet-8").withInputShape(List.of(3, 16, 16)));
        trained(quantized(start, 8), rate, 30);
    }

    private static ModelGraph trained(ModelGraph graph, double rate, int steps) {
        try (TrainStep step =
                TrainStep.compile(graph, DistillationLoss.HARD_LABELS, new Sgd(0.9, false, 0), "cpu", 1)) {
            double first = 0;
            double last = 0;
            for (int i = 0; i < steps; i++) {
                last = step.run(Inputs.of(images()), ROWS, null, labels(), rate, i)
                        .loss();
                first = i == 0 ? last : first;
            }
            assertThat(last).isLessThan(first / 2);
            return step.export();
        }
    }
}

package io.reflux.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.runtime.TorchGraphModel;
import io.reflux.model.step.AdamW;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.StepResult;
import io.reflux.model.step.TrainStep;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextZooTest {

    private static final int LENGTH = 6;
    private static final int VOCABULARY = 11;

    /**
     * nanoGPT's CPU configuration: 65·128 tokens, 64·128 positions, 4 · (4·128² + 2·4·128² + 2·128) in blocks, 128 in the
     * last norm. It prints 0.80M, leaving out the positions.
     */
    @Test
    void gpt_hasTheParametersOfNanoGpt() {
        ModelGraph graph =
                Zoo.build(ZooSpec.of("gpt").withInputShape(List.of(64)).withNumClasses(65));

        assertThat(floats(graph)).isEqualTo(8320 + 8192 + 4 * (196_608 + 256) + 128);
    }

    @ParameterizedTest
    @CsvSource({"false, true", "true, false"})
    void gpt_aToken_changesNoLogitsBeforeIt(boolean bias, boolean tied) {
        ZooSpec spec = gpt().with(ZooSetting.BIAS, bias).with(ZooSetting.TIE_WEIGHTS, tied);
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(Zoo.build(spec), 1)) {
            float[] before = model.logits(Inputs.of(new long[] {1, 2, 3, 4, 5, 6}), 1);
            float[] after = model.logits(Inputs.of(new long[] {1, 2, 3, 9, 5, 6}), 1);

            assertThat(model.inputType()).isEqualTo(ElementType.INT64);
            assertThat(model.positions()).isEqualTo(LENGTH);
            assertThat(model.numClasses()).isEqualTo(VOCABULARY);
            for (int position = 0; position < LENGTH; position++) {
                float[] a = row(before, position, VOCABULARY);
                float[] b = row(after, position, VOCABULARY);
                if (position < 3) {
                    assertThat(a).containsExactly(b, Offset.offset(1e-6f));
                } else {
                    assertThat(a).isNotEqualTo(b);
                }
            }
        }
    }

    @Test
    void gpt_atFirst_knowsNothing() {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(Zoo.build(gpt()), 1)) {
            float[] logits = row(model.logits(Inputs.of(new long[LENGTH]), 1), 2, VOCABULARY);

            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit);
            }
            assertThat(Math.log(sum) - logits[4]).isCloseTo(Math.log(VOCABULARY), within(0.5));
        }
    }

    @Test
    void gpt_givesTheLogitsOfTheFormulas() {
        ModelGraph drawn = Zoo.build(gpt().with(ZooSetting.BIAS, true));
        // Weights far from their first values, so that each of them shows.
        Map<String, GraphTensor> shaken = new HashMap<>();
        Random random = new Random(7);
        drawn.initializers().forEach((name, tensor) -> {
            if (tensor.type() == ElementType.FLOAT && tensor.shape().length > 0) {
                float[] values = tensor.floats();
                for (int i = 0; i < values.length; i++) {
                    values[i] += (float) (0.3 * random.nextGaussian());
                }
                shaken.put(name, GraphTensor.of(name, tensor.shape(), values));
            }
        });
        ModelGraph graph = drawn.withInitializers(shaken);
        long[] tokens = {1, 10, 3, 3, 0, 7};
        double[][] expected = new DoubleGpt(graph, 8, 2, 2).logits(tokens);
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(graph, 1)) {
            float[] logits = model.logits(Inputs.of(tokens), 1);
            for (int position = 0; position < LENGTH; position++) {
                for (int token = 0; token < VOCABULARY; token++) {
                    assertThat((double) logits[position * VOCABULARY + token])
                            .as(position + ", " + token)
                            .isCloseTo(expected[position][token], within(1e-5));
                }
            }
        }
    }

    /** Every matrix is of deviation 0.02, and of 0.02 / sqrt(2 · 4) where a branch ends, within 4 standard errors. */
    @ParameterizedTest
    @CsvSource({
        "tokens.embedding, 0.02",
        "positions.embedding, 0.02",
        "block1.attention.query.weight, 0.02",
        "block3.fc1.weight, 0.02",
        "block2.attention.out.weight, 0.0070711",
        "block4.fc2.weight, 0.0070711"
    })
    void gpt_isDrawnAsGpt2(String weight, double deviation) {
        ModelGraph graph =
                Zoo.build(ZooSpec.of("gpt").withInputShape(List.of(64)).withNumClasses(65));
        float[] values = graph.initializers().get(weight).floats();
        double squares = 0;
        for (float value : values) {
            squares += value * value;
        }
        double measured = Math.sqrt(squares / values.length);
        assertThat(measured).isCloseTo(deviation, within(4 * deviation / Math.sqrt(2.0 * values.length)));
    }

    @ParameterizedTest
    @CsvSource({"mean, false", "first, true"})
    void transformerEncoder_paddingChangesNothing(String pooling, boolean bias) {
        ZooSpec spec = encoder().with(ZooSetting.POOLING, pooling).with(ZooSetting.BIAS, bias);
        ZooSpec longer = spec.withInputShape(List.of(LENGTH + 2));
        ModelGraph graph = Zoo.build(spec);
        // The longer model has two more positions and, but for them, the same weights.
        GraphTensor positions = graph.initializers().get("positions.embedding");
        ModelGraph padded = Zoo.build(longer).withInitializers(lengthened(graph, positions));
        try (OnnxRuntimeModel shortModel = OnnxRuntimeModel.open(graph, 1);
                OnnxRuntimeModel longModel = OnnxRuntimeModel.open(padded, 1)) {
            float[] a = shortModel.logits(Inputs.of(new long[] {1, 2, 3, 0, 0, 0}), 1);
            float[] b = longModel.logits(Inputs.of(new long[] {1, 2, 3, 0, 0, 0, 0, 0}), 1);
            float[] other = shortModel.logits(Inputs.of(new long[] {1, 2, 4, 0, 0, 0}), 1);

            assertThat(shortModel.positions()).isEqualTo(1);
            assertThat(a).hasSize(2).containsExactly(b, Offset.offset(1e-6f));
            assertThat(a).isNotEqualTo(other);
        }
    }

    @Test
    void transformerEncoder_ofPaddingAlone_isFinite() {
        try (OnnxRuntimeModel model = OnnxRuntimeModel.open(Zoo.build(encoder()), 1)) {
            for (float logit : model.logits(Inputs.of(new long[LENGTH]), 1)) {
                assertThat(logit).isFinite();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt, tieWeights, true", "gpt, tieWeights, false", "transformer-encoder, bias, true"})
    void build_givesTheLogitsOfOnnxRuntime(String name, String key, boolean value) {
        ZooSetting setting = ZooSetting.of(key).orElseThrow();
        ModelGraph graph = Zoo.build((name.equals("gpt") ? gpt() : encoder()).with(setting, value));
        Inputs tokens = Inputs.of(new long[] {1, 2, 3, 0, 0, 0, 6, 5, 4, 3, 2, 1});
        try (OnnxRuntimeModel reference = OnnxRuntimeModel.open(graph, 1);
                TorchGraphModel torch = TorchGraphModel.open(graph, "cpu")) {
            assertThat(torch.logits(tokens, 2)).containsExactly(reference.logits(tokens, 2), Offset.offset(1e-6f));
        }
    }

    /** Embeddings, matrices, norms and biases learn; masks, shapes and scales do not. */
    @ParameterizedTest
    @CsvSource({"gpt", "transformer-encoder"})
    void train_movesEveryWeightAndNothingElse(String name) {
        ModelGraph graph = Zoo.build((name.equals("gpt") ? gpt() : encoder()).with(ZooSetting.BIAS, true));
        int positions = name.equals("gpt") ? LENGTH : 1;
        int[] labels = new int[2 * positions];
        try (TrainStep step =
                TrainStep.compile(graph, DistillationLoss.HARD_LABELS, AdamW.withWeightDecay(0.1), "cpu", 1)) {
            double first = 0;
            double last = 0;
            for (int i = 0; i < 5; i++) {
                StepResult result =
                        step.run(Inputs.of(new long[] {1, 2, 3, 0, 0, 0, 6, 5, 4, 3, 2, 1}), 2, null, labels, 0.01, i);
                assertThat(result.counted()).isEqualTo(labels.length);
                first = i == 0 ? result.loss() : first;
                last = result.loss();
            }
            assertThat(last).isLessThan(first);
            step.export().initializers().forEach((weight, trained) -> {
                boolean moves = trained.type() == ElementType.FLOAT && trained.shape().length > 0;
                // A bias of keys shifts all of a token's products alike, which softmax ignores: only rounding moves it.
                if (!weight.contains(".key.bias")) {
                    assertThat(trained.equals(graph.initializers().get(weight)))
                            .as(weight)
                            .isEqualTo(!moves);
                }
            });
        }
    }

    @Test
    void badSettings_areRefused() {
        assertThatThrownBy(() -> Zoo.build(gpt().with(ZooSetting.HEADS, 3)))
                .hasMessage("embedding: 8 (expected: a multiple of heads, 3)");
        assertThatThrownBy(() -> Zoo.build(ZooSpec.of("gpt")))
                .hasMessage("inputShape: [1, 28, 28] (expected: tokens of a sample for gpt)");
        assertThatThrownBy(() -> gpt().with(ZooSetting.POOLING, "mean")).hasMessageStartingWith("pooling: mean");
    }

    private static Map<String, GraphTensor> lengthened(ModelGraph graph, GraphTensor positions) {
        float[] values = Arrays.copyOf(positions.floats(), (LENGTH + 2) * 8);
        return graph.initializers().values().stream()
                .filter(tensor -> tensor.type() == ElementType.FLOAT)
                .map(tensor -> tensor.name().equals(positions.name())
                        ? GraphTensor.of(tensor.name(), new long[] {LENGTH + 2, 8}, values)
                        : tensor)
                .collect(Collectors.toMap(GraphTensor::name, tensor -> tensor));
    }

    private static ZooSpec gpt() {
        return ZooSpec.of("gpt")
                .withInputShape(List.of(LENGTH))
                .withNumClasses(VOCABULARY)
                .with(ZooSetting.DEPTH, 2)
                .with(ZooSetting.HEADS, 2)
                .with(ZooSetting.EMBEDDING, 8);
    }

    private static ZooSpec encoder() {
        return ZooSpec.of("transformer-encoder")
                .withInputShape(List.of(LENGTH))
                .withNumClasses(2)
                .with(ZooSetting.DEPTH, 2)
                .with(ZooSetting.HEADS, 2)
                .with(ZooSetting.EMBEDDING, 8)
                .with(ZooSetting.VOCABULARY, 20);
    }

    private static float[] row(float[] logits, int position, int classes) {
        return Arrays.copyOfRange(logits, position * classes, (position + 1) * classes);
    }

    private static long floats(ModelGraph graph) {
        return graph.initializers().values().stream()
                .filter(tensor -> tensor.type() == ElementType.FLOAT && tensor.shape().length > 0)
                .mapToLong(tensor -> Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b))
                .sum();
    }
}

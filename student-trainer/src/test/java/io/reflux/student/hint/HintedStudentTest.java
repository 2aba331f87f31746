package io.reflux.student.hint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.HintLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.EncodingConfig;
import io.reflux.student.recipe.HintConfig;
import io.reflux.student.source.Hint;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HintedStudentTest {
    private static final ModelGraph LENET = Zoo.build(ZooSpec.of(Zoo.LENET_5));
    private static final String POOLED = output(LENET, "MaxPool");

    private static String output(ModelGraph graph, String operator) {
        return graph.nodes().stream()
                .filter(node -> node.operator().equals(operator))
                .findFirst()
                .orElseThrow()
                .output(0);
    }

    private static HintConfig config(String student, double weight) {
        return new HintConfig("hint", student, weight, EncodingConfig.FP32);
    }

    private static HintedStudent hinted(ModelGraph student, String value, Integer... shape) {
        return HintedStudent.of(
                student, List.of(config(value, 1)), List.of(new Hint("hint", List.of(shape))), "stages[0]", 7);
    }

    /** Three positions of five numbers each, then the mean over the positions. */
    private static ModelGraph sequence() {
        return ModelGraph.builder("sequence")
                .input("x", ElementType.FLOAT, -1, 3, 5)
                .initializer(GraphTensor.of("w", new long[] {5, 4}, new float[20]))
                .node("MatMul", "product", List.of("x", "w"), List.of("hidden"))
                .output("hidden", ElementType.FLOAT, -1, 3, 4)
                .build();
    }

    @Test
    void of_sameShape_comparesTheValueItself() {
        HintedStudent hinted = hinted(LENET, POOLED, 20, 12, 12);

        assertThat(hinted.losses()).containsExactly(new HintLoss(POOLED, 1));
        assertThat(hinted.graph().initializers().keySet())
                .isEqualTo(LENET.initializers().keySet());
        assertThat(hinted.stripped(hinted.graph()).toByteArray()).isEqualTo(LENET.toByteArray());
    }

    @ParameterizedTest
    @CsvSource({"image, 32 12 12, 32 20 1 1", "vector, 9, 500 9", "sequence, 3 6, 4 6"})
    void of_otherWidth_addsARegressorThatIsStrippedAgain(String kind, String teacher, String weight) {
        ModelGraph student = kind.equals("sequence") ? sequence() : LENET;
        String value = kind.equals("image") ? POOLED : kind.equals("vector") ? lastHidden() : "hidden";
        Integer[] shape =
                Arrays.stream(teacher.split(" ")).map(Integer::valueOf).toArray(Integer[]::new);

        HintedStudent hinted = hinted(student, value, shape);

        assertThat(hinted.losses()).containsExactly(new HintLoss("reflux.hint.0", 1));
        assertThat(GraphContext.of(hinted.graph()).shape("reflux.hint.0").subList(1, shape.length + 1))
                .isEqualTo(Arrays.stream(shape).map(Integer::longValue).toList());
        assertThat(hinted.graph().initializers().get("reflux.hint.0.weight").shape())
                .containsExactly(Arrays.stream(weight.split(" "))
                        .mapToLong(Long::parseLong)
                        .toArray());
        assertThat(hinted.stripped(hinted.graph()).toByteArray()).isEqualTo(student.toByteArray());
    }

    private static String lastHidden() {
        List<String> relus = LENET.nodes().stream()
                .filter(node -> node.operator().equals("Relu"))
                .map(node -> node.output(0))
                .toList();
        return relus.get(relus.size() - 1);
    }

    /** The regressor learns, the student's layer with it, and what is stripped has the student's part of it. */
    @Test
    void training_movesRegressorAndStudent_andComesNearTheHint() {
        HintedStudent hinted = hinted(LENET, POOLED, 6, 12, 12);
        DistillationLoss loss = new DistillationLoss(1, 0, 1e-6).withHints(hinted.losses());
        Random random = new Random(3);
        float[] inputs = new float[4 * 784];
        float[] hint = new float[4 * 6 * 144];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextFloat();
        }
        for (int i = 0; i < hint.length; i++) {
            hint[i] = (float) random.nextGaussian();
        }
        try (TrainStep step = TrainStep.compile(hinted.graph(), loss, new Sgd(0.9, false, 0), "cpu", 1)) {
            double first = 0;
            double last = 0;
            for (int i = 0; i < 60; i++) {
                last = step.run(Inputs.of(inputs), 4, null, List.of(hint), new int[] {0, 1, 2, 3}, 0.02, i)
                        .hintLoss();
                first = i == 0 ? last : first;
            }
            assertThat(last).isLessThan(0.9 * first);
            ModelGraph trained = step.export();
            assertThat(weights(trained, "reflux.hint.0.weight"))
                    .isNotEqualTo(weights(hinted.graph(), "reflux.hint.0.weight"));
            ModelGraph stripped = hinted.stripped(trained);
            assertThat(stripped.initializers().keySet())
                    .isEqualTo(LENET.initializers().keySet());
            assertThat(stripped.outputs()).isEqualTo(LENET.outputs());
            assertThat(stripped.nodes()).hasSameSizeAs(LENET.nodes());
            String convolution = LENET.initializers().keySet().iterator().next();
            assertThat(weights(stripped, convolution))
                    .isEqualTo(weights(trained, convolution))
                    .isNotEqualTo(weights(LENET, convolution));
        }
    }

    private static float[] weights(ModelGraph graph, String name) {
        return graph.initializers().get(name).floats();
    }

    @Test
    void of_sameSeed_hasTheSameRegressor() {
        assertThat(hinted(LENET, POOLED, 32, 12, 12).graph().toByteArray())
                .isEqualTo(hinted(LENET, POOLED, 32, 12, 12).graph().toByteArray());
    }

    @Test
    void of_unknownValue_isRefusedWithTheNearest() {
        assertThatThrownBy(() -> hinted(LENET, "pol1", 20, 12, 12))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith(
                        "stages[0].hints[0].student: lenet-5: output pol1 (expected: the name of a value"
                                + " that a node makes; nearest: ");
    }

    @Test
    void of_otherPlaces_isRefused() {
        assertThatThrownBy(() -> hinted(LENET, POOLED, 20, 6, 6))
                .isInstanceOf(TrainingFailure.class)
                .hasMessage(
                        "stages[0].hints[0]: value " + POOLED + " of the student has shape [20, 12, 12] for a sample"
                                + " (expected: [20, 6, 6] as the teacher's hint, up to the number of channels)");
        assertThatThrownBy(() -> hinted(LENET, POOLED, 2880)).isInstanceOf(TrainingFailure.class);
    }
}

package io.reflux.student.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.quantization.plan.NetworkDigest;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recipes whose student is quantised between or after their stages. */
final class QuantizedRunTest {
    private static final String RECIPE = """
            name: tiny
            data: {set: glyphs, trainSamples: 300, validationSamples: 0}
            student: {zoo: mlp, hidden: [32]}
            precision: fp32
            stages:
              - train:
                  epochs: 2
                  batchSize: 50
                  learningRate: {initial: 0.05, schedule: constant}
              - quantize: {weightBits: 8, calibrationSamples: 64, scales: learned}
              - train:
                  epochs: 1
                  batchSize: 50
                  learningRate: {initial: 0.01, schedule: constant}
            """;

    private static final String TRAIN = """
              - train:
                  epochs: 1
                  batchSize: 50
                  learningRate: {initial: 0.01, schedule: constant}
            """;

    @TempDir
    private Path folder;

    private Recipe recipe(String text, String name) {
        return RecipeReader.parse(text, "recipe.yaml")
                .withExportFolder(folder.resolve(name).toString());
    }

    private static void assertIntegers(RunResult result, ElementType type) {
        Fidelity fidelity = result.report().fidelity();
        assertThat(fidelity).isNotNull();
        assertThat(fidelity.agreement()).isGreaterThanOrEqualTo(0.999);
        assertThat(fidelity.positions()).isEqualTo(result.report().student().samples());
        assertThat(ModelGraph.read(result.model()).initializers().values())
                .filteredOn(tensor -> tensor.type() == type && tensor.size() > 32)
                .extracting(GraphTensor::size)
                .containsExactlyInAnyOrder(784 * 32, 320);
    }

    @ParameterizedTest
    @CsvSource({"fp32, 8", "bf16, 8", "fp16, 8", "fp32, 4", "fp32, 1"})
    void run_trainedBehindAQuantizeStage_leavesIntegersThatAnswerAsTrained(String precision, int bits)
            throws IOException {
        String text = RECIPE.replace("fp32", precision).replace("weightBits: 8", "weightBits: " + bits);
        RunResult result = StudentRun.run(recipe(text, "q"), RunOptions.QUIET);

        assertIntegers(result, ElementType.INT8);
        assertThat(result.report().student().accuracy()).isGreaterThan(0.3);
        assertThat(Files.size(result.model())).isLessThan(30_000);
        assertThat(result.report().history()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "rounding: up | stages[1].rounding.type: up (expected: nearest or adaround)",
                "rounding: {type: nearest, iterations: 5} | stages[1].rounding.type: nearest (expected: adaround, since there are further keys)",
                "rounding: {type: adaround, target: labels} | stages[1].rounding.target: labels (expected: layers, logits or teacher)",
                "rounding: {type: adaround, iterations: 0} | stages[1].rounding.iterations: 0 (expected: >= 1)",
                "rounding: {type: adaround, target: teacher} | teacher: absent (expected: present, since the target of stages[1].rounding is the teacher)",
                "equalise: true | stages[1].equalise: unknown key (expected: equalize?)"
            })
    void rounding_thatIsWrong_isOneLine(String key, String message) {
        String text = RECIPE.replace("calibrationSamples: 64", "calibrationSamples: 64, " + key);
        assertThatThrownBy(() -> RecipeReader.parse(text, "recipe.yaml")).hasMessageContaining(message);
    }

    /** The student answers as the teacher, its own floats in an earlier run, where it is rounded to do so. */
    @Test
    void run_thatRoundsAsTheTeacherAnswers_leavesWhatItRounded() {
        String stages = """
                stages:
                  - train:
                      epochs: 2
                      batchSize: 50
                      learningRate: {initial: 0.05, schedule: constant}
                """;
        String head = RECIPE.substring(0, RECIPE.indexOf("stages:"));
        RunResult floats = StudentRun.run(recipe(head + stages, "floats"), RunOptions.QUIET);
        String rounded = head + "teacher: {onnx: " + floats.model() + "}\n" + stages
                + "  - quantize: {weightBits: 4, equalize: true, biasCorrection: true, calibrationSamples: 64,"
                + " rounding: {type: adaround, target: teacher, iterations: 50}}\n";
        RunResult result = StudentRun.run(recipe(rounded, "rounded"), RunOptions.QUIET);

        assertIntegers(result, ElementType.INT8);
        assertThat(result.report().student().accuracy())
                .isGreaterThan(floats.report().student().accuracy() - 0.03);
    }

    /** The stage at the end quantises what was trained; a stage behind one that learns may fix the scales again. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{calibrationSamples: 64}",
                "{calibrationSamples: 64, activationBits: 0}\n  - quantize: {calibrationSamples: 64, scales: learned}\n"
                        + "  - quantize: {scales: fixed}"
            })
    void run_endingWithQuantizeStages_isQuantizedAfterTraining(String stage) {
        String text = RECIPE.substring(0, RECIPE.indexOf("  - quantize")) + "  - quantize: " + stage + "\n";
        assertIntegers(StudentRun.run(recipe(text, "ptq"), RunOptions.QUIET), ElementType.INT8);
    }

    /** Weights before activations, PACT, and frozen statistics with ranges observed anew for the last steps. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{calibrationSamples: 64, scales: pact}",
                "{calibrationSamples: 64, activationBits: 0, scales: learned}\n" + TRAIN
                        + "  - quantize: {calibrationSamples: 64, recalibrate: true, norms: frozen}\n",
                "{calibrationSamples: 64, weightBits: 4, scales: pact}\n" + TRAIN + "  - quantize: {norms: frozen}\n"
            })
    void run_withASchedule_leavesIntegersThatAnswerAsTrained(String stage) {
        String text = RECIPE.replace("hidden: [32]", "hidden: [32], batchNorm: true")
                .replace("{weightBits: 8, calibrationSamples: 64, scales: learned}", stage);
        RunResult result = StudentRun.run(recipe(text, "schedule"), RunOptions.QUIET);

        assertThat(result.report().fidelity().agreement()).isGreaterThanOrEqualTo(0.999);
        assertThat(result.report().student().accuracy()).isGreaterThan(0.3);
        assertThat(ModelGraph.read(result.model()).nodes())
                .noneMatch(node -> Set.of("BatchNormalization", "Abs").contains(node.operator()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scales: learned", "scales: pact", "weightBits: 1, scales: learned, norms: frozen"})
    void run_stoppedBehindAQuantizeStageAndResumed_endsWithTheSameBytes(String keys) throws IOException {
        String text = RECIPE.replace("hidden: [32]", "hidden: [32], batchNorm: true")
                .replace("weightBits: 8, calibrationSamples: 64, scales: learned", "calibrationSamples: 64, " + keys);
        byte[] unbroken = Files.readAllBytes(
                StudentRun.run(recipe(text, "unbroken"), RunOptions.QUIET).model());

        Recipe broken = recipe(text, "broken");
        AtomicInteger steps = new AtomicInteger();
        // 6 steps an epoch: 12 before the quantize stage, 3 behind it.
        assertThatThrownBy(() -> StudentRun.run(broken, RunOptions.QUIET.withStop(() -> steps.incrementAndGet() > 15)))
                .isInstanceOf(TrainingFailure.class);
        RunResult resumed = StudentRun.run(broken, RunOptions.QUIET.withResume(true));

        assertThat(Files.readAllBytes(resumed.model())).isEqualTo(unbroken);
    }

    @Test
    void run_distilledBehindAQuantizeStage_learnsFromItsTeacher() {
        Path teacher = StudentRun.run(
                        recipe(RECIPE.substring(0, RECIPE.indexOf("  - quantize")), "teacher"), RunOptions.QUIET)
                .model();
        String text = RECIPE.replace("stages:\n", "teacher: {onnx: \"" + teacher + "\"}\nstages:\n")
                .replace("scales: learned}\n  - train:", "scales: learned}\n  - distil:");
        RunResult result = StudentRun.run(recipe(text, "distilled"), RunOptions.QUIET);

        assertIntegers(result, ElementType.INT8);
        assertThat(result.report().agreement()).isGreaterThan(0.3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weightBits: 8 | weightBits: 9 | stages[1]: weightBits: 9 (expected: 1 to 8, on target onnxruntime-cpu)",
                "scales: learned | scales: lsq | stages[1].scales: lsq (expected: fixed, learned or pact)",
                "calibrationSamples: 64 | calibrationSamples: 0 | stages[1].calibrationSamples: 0 (expected: >= 1)",
                "scales: learned | norms: folded | stages[1].norms: folded (expected: live or frozen)",
                "scales: learned | scale: learned | stages[1].scale: unknown key (expected: scales?)"
            })
    void recipe_withAQuantizeStageThatIsWrong_isRefused(String right, String wrong, String message) {
        assertThatThrownBy(() -> recipe(RECIPE.replace(right, wrong), "wrong"))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageContaining(message.contains("weightBits") ? "weightBits: 9 (expected: 1 to 8" : message);
    }

    /** The first layer in 4 bits, the last in floats: a plan of a network that is trained on before it is quantised. */
    @Test
    void stage_withAPlan_givesEachLayerItsBits() throws IOException {
        ModelGraph student = Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(32));
        Path plan = folder.resolve("plan.yaml");
        Files.writeString(plan, """
                network: "%s"
                target: onnxruntime-cpu
                layers:
                  - {name: fc1, weightBits: 4, activationBits: 8}
                  - {name: fc2, weightBits: 0}
                """.formatted(NetworkDigest.of(student)));
        String text = RECIPE.replace("weightBits: 8,", "plan: " + plan + ",");
        RunResult result = StudentRun.run(recipe(text, "planned"), RunOptions.QUIET);

        ModelGraph exported = ModelGraph.read(result.model());
        assertThat(exported.initializers().values())
                .filteredOn(tensor -> tensor.type() == ElementType.FLOAT && tensor.size() == 320)
                .hasSize(1);
        assertThat(Files.size(result.model())).isLessThan(784 * 32 / 2 + 4 * 320 + 2500);

        Files.writeString(plan, Files.readString(plan).replace("fc2", "fd2"));
        assertThatThrownBy(() -> StudentRun.run(recipe(text, "planned"), RunOptions.QUIET))
                .isInstanceOf(TrainingFailure.class)
                .hasMessage("plan.yaml:5: layers[1].name: fd2 (expected: fc2?)");
    }

    @Test
    void stage_withAPlanAndBits_isRefused() {
        String text = RECIPE.replace("weightBits: 8,", "weightBits: 8, plan: plan.yaml,");
        assertThatThrownBy(() -> recipe(text, "clash"))
                .hasMessage("recipe.yaml:10: stages[1].plan: plan.yaml (expected: none beside target, weightBits,"
                        + " activationBits, endBits, groupSize, asymmetric or keep, which it has itself)");
    }
}

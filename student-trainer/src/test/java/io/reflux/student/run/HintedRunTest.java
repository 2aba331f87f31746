package io.reflux.student.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.DataSplits;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.checkpoint.CheckpointFile;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs whose student matches a hidden layer of a teacher in this process. */
final class HintedRunTest {
    private static final ModelGraph TEACHER =
            Zoo.build(ZooSpec.of("mlp").withHidden(12).withSeed(3)).withMetadata(Map.of("reflux.data", "glyphs"));
    private static final String HIDDEN = hidden(TEACHER);
    private static final int SAMPLES = 100;

    private static final String RECIPE = """
            name: tiny
            data: {set: glyphs, trainSamples: 300, validationSamples: 50}
            student: {zoo: mlp, hidden: [%d]}
            teacher: {onnx: '%s'%s}
            stages:
              - distil:
                  epochs: 4
                  batchSize: 50
                  learningRate: {initial: 0.05}
                  %s
            """;

    @TempDir
    private Path folder;

    private Path teacher;

    @BeforeEach
    void writeTeacher() {
        teacher = folder.resolve("teacher.onnx");
        TEACHER.write(teacher);
    }

    private static String hidden(ModelGraph graph) {
        return graph.nodes().stream()
                .filter(node -> node.operator().equals("Relu"))
                .findFirst()
                .orElseThrow()
                .output(0);
    }

    private static String hints(double weight) {
        return "hints: [{teacher: %s, student: %s, weight: %s}]".formatted(HIDDEN, HIDDEN, weight);
    }

    private Recipe recipe(String name, int hidden, String ofTeacher, String hints) {
        return RecipeReader.parse(RECIPE.formatted(hidden, teacher, ofTeacher, hints), "recipe.yaml")
                .withExportFolder(folder.resolve(name).toString());
    }

    private Path run(String name, int hidden, String ofTeacher, String hints) {
        return StudentRun.run(recipe(name, hidden, ofTeacher, hints), RunOptions.QUIET)
                .model();
    }

    /** Mean square of what is between the hidden layers of a student and the teacher, on test samples. */
    private static double miss(ModelGraph student) {
        float[] expected = hiddenOf(TEACHER);
        float[] found = hiddenOf(student);
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            sum += Math.pow(found[i] - (double) expected[i], 2);
        }
        return sum / expected.length;
    }

    private static float[] hiddenOf(ModelGraph graph) {
        DataSplits splits = DataCatalog.open(new DataSetSpec("glyphs", null, 300, 50, 1));
        List<View> views = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            views.add(View.plain(i));
        }
        float[] inputs = new float[SAMPLES * 784];
        new ViewRenderer(splits.test().images(), Augmentation.NONE).render(views, PixelScaling.UNIT, inputs);
        try (InferenceModel model = OnnxRuntimeModel.open(graph, List.of(HIDDEN), 1)) {
            return model.values(Inputs.of(inputs), SAMPLES, 1).get(0);
        }
    }

    @Test
    void run_withAHint_comesNearTheTeachersHiddenLayer() {
        double without = miss(ModelGraph.read(run("without", 12, "", "")));
        double with = miss(ModelGraph.read(run("with", 12, "", hints(5))));

        assertThat(with).isLessThan(without / 2);
    }

    @Test
    void run_otherWidth_exportsTheStudentWithoutTheRegressor() throws IOException {
        ModelGraph plain = ModelGraph.read(run("plain", 8, "", ""));
        Path file = run("hinted", 8, "", hints(1));
        ModelGraph hinted = ModelGraph.read(file);

        assertThat(hinted.initializers().keySet())
                .isEqualTo(plain.initializers().keySet());
        assertThat(hinted.outputs()).isEqualTo(plain.outputs());
        assertThat(hinted.nodes()).hasSameSizeAs(plain.nodes());
        assertThat(Files.size(file))
                .isEqualTo(Files.size(folder.resolve("plain").resolve("tiny.onnx")));
        assertThat(hinted.initializers()).isNotEqualTo(plain.initializers());
    }

    @Test
    void run_storedHints_areThoseThatAreComputedBatchByBatch() throws IOException {
        byte[] computed = Files.readAllBytes(run("computed", 8, "", hints(1)));
        byte[] stored = Files.readAllBytes(run("stored", 8, ", stored: true", hints(1)));

        assertThat(stored).isEqualTo(computed);
    }

    @Test
    void run_stoppedInMidEpochAndResumed_endsWithTheSameBytes() throws IOException {
        byte[] unbroken = Files.readAllBytes(run("unbroken", 8, "", hints(1)));

        Recipe broken = recipe("broken", 8, "", hints(1));
        AtomicInteger steps = new AtomicInteger();
        assertThatThrownBy(() -> StudentRun.run(broken, RunOptions.QUIET.withStop(() -> steps.incrementAndGet() > 9)))
                .isInstanceOf(TrainingFailure.class);
        Path checkpoint = folder.resolve("broken").resolve("checkpoint.reflux");
        assertThat(CheckpointFile.read(checkpoint).state().tensors())
                .containsKeys("parameter/reflux.hint.0.weight", "moment0/reflux.hint.0.weight");
        Path resumed = StudentRun.run(broken, RunOptions.QUIET.withResume(true)).model();

        assertThat(Files.readAllBytes(resumed)).isEqualTo(unbroken);
    }

    @Test
    void run_hintsThatAreNot_areRefusedWithTheNearest() {
        assertThatThrownBy(() -> run("a", 8, "", hints(1).replace("teacher: " + HIDDEN, "teacher: relu9")))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith(
                        teacher + ": output relu9 (expected: the name of a value that a node makes; nearest: ");
        assertThatThrownBy(() -> run("b", 8, "", hints(1).replace("student: " + HIDDEN, "student: relu9")))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith("stages[0].hints[0].student: ");
    }
}

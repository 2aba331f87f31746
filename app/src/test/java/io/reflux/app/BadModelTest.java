package io.reflux.app;

import static io.reflux.app.ModelCommandsTest.assertFailsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.app.console.ExitCode;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands say of models that are absent, damaged, do not fit, or answer with what is no number. */
final class BadModelTest {
    private static final String RECIPE = """
            name: tiny
            data: {set: glyphs, trainSamples: 100, validationSamples: 20}
            student: {zoo: mlp, hidden: [4]}
            %s
            stages:
              - %s: {epochs: 1, batchSize: 50}
            """;

    @TempDir
    private Path folder;

    private Path sound;

    @BeforeEach
    void writeSound() {
        sound = write("sound.onnx", ZooSpec.of(Zoo.MLP).withHidden(8));
    }

    @Test
    void evaluate_absentFile_isOneLine() {
        assertFailsWith(
                Invocation.of("evaluate", folder.resolve("none.onnx"), "--data=glyphs"),
                ExitCode.FAILED,
                "none.onnx: no such file (expected: an ONNX model file)");
    }

    @Test
    void evaluate_truncatedFile_isOneLine() throws IOException {
        assertFailsWith(Invocation.of("evaluate", cut(), "--data=glyphs"), ExitCode.FAILED, "cut.onnx: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect", "evaluate"})
    void command_bytesThatAreNoModel_isOneLine(String command) throws IOException {
        Path noise = Files.write(folder.resolve("noise.onnx"), new byte[] {-1, -2, -3, -4, 5, 6, 7, 8});

        assertFailsWith(Invocation.of(command, noise), ExitCode.FAILED, "noise.onnx: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect", "evaluate"})
    void command_emptyFile_isOneLine(String command) throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.onnx"));

        assertFailsWith(Invocation.of(command, empty), ExitCode.FAILED, "empty.onnx: ");
    }

    @Test
    void teacher_truncatedModel_isOneLine() throws IOException {
        assertFailsWith(
                Invocation.of("teacher", "--model", cut(), "--port=0", "--metrics-port=0"),
                ExitCode.FAILED,
                "cut.onnx: ");
    }

    @Test
    void train_truncatedStudent_isOneLineAndNothingIsMade() throws IOException {
        Path file = cut();

        assertTrainFails(
                RECIPE.replaceFirst("student: .*", "student: {onnx: '" + file + "'}")
                        .formatted("", "train"),
                "cut.onnx: ");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void train_truncatedTeacher_isOneLine() throws IOException {
        assertTrainFails(distilling("onnx: '" + cut() + "'"), "cut.onnx: ");
    }

    @Test
    void train_absentTeacher_isOneLine() {
        assertTrainFails(distilling("onnx: none.onnx"), "teacher none.onnx: absent (expected: a model file)");
    }

    @Test
    void train_teacherWithOtherClasses_isOneLine() {
        Path seven = write("seven.onnx", ZooSpec.of(Zoo.MLP).withHidden(4).withNumClasses(7));

        assertTrainFails(
                distilling("onnx: '" + seven + "'"), "seven.onnx: 7 classes (expected: 10, as in data set glyphs)");
    }

    @Test
    void train_teacherWithAnotherInput_isOneLine() {
        Path wide = write("wide.onnx", ZooSpec.of(Zoo.MLP).withHidden(4).withInputShape(List.of(1, 32, 32)));

        assertTrainFails(
                distilling("onnx: '" + wide + "'"),
                "wide.onnx: input FLOAT of shape [1, 32, 32] (expected: FLOAT of 784 elements, as in data set glyphs, 1x28x28)");
    }

    @Test
    void train_servedTeacherWithOtherClasses_isOneLine() {
        Path seven = write("seven.onnx", ZooSpec.of(Zoo.MLP).withHidden(4).withNumClasses(7));

        assertServedTeacherFails(
                TeacherConfig.builder(seven).build(), "7 classes (expected: 10, as in data set glyphs)");
    }

    @Test
    void train_servedTeacherWithAnotherInput_isOneLine() {
        Path wide = write("wide.onnx", ZooSpec.of(Zoo.MLP).withHidden(4).withInputShape(List.of(1, 32, 32)));

        assertServedTeacherFails(
                TeacherConfig.builder(wide).build(), "(expected: 784 elements, as in data set glyphs)");
    }

    @Test
    void train_servedTeacherWithAnotherDataSet_isOneLine() {
        assertServedTeacherFails(
                TeacherConfig.builder(sound)
                        .dataSets(List.of(new DataSetSpec("glyphs", null, 0, 0, 2)))
                        .build(),
                "data sets [glyphs ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", stored: true"})
    void train_teacherWithoutNumbers_isOneLine(String stored) {
        assertTrainFails(
                distilling("onnx: '" + notANumber() + "'" + stored),
                "teacher logit of batch 0, row 0, class 0: NaN (expected: finite)");
    }

    @Test
    void train_servedTeacherWithoutNumbers_isOneLine() {
        assertServedTeacherFails(
                TeacherConfig.builder(notANumber())
                        .dataSets(List.of(new DataSetSpec("glyphs", null, 0, 0, 1)))
                        .build(),
                "NON_FINITE: logits[sample ",
                // Of which sample depends on the part of the batch that is computed first.
                "][class 0]: NaN (expected: finite)");
    }

    private void assertServedTeacherFails(TeacherConfig config, String... messages) {
        try (TeacherServer teacher = TeacherServer.start(config)) {
            String address = "127.0.0.1:" + teacher.grpcPort();
            Invocation train = assertTrainFails(distilling("address: '" + address + "'"), messages);
            assertFailsWith(train, ExitCode.FAILED, "teacher " + address + ": ");
        }
    }

    private Invocation assertTrainFails(String text, String... messages) {
        Invocation train = train(text);
        for (String message : messages) {
            assertFailsWith(train, ExitCode.FAILED, message);
        }
        assertThat(train.out()).isEmpty();
        assertThat(folder.resolve("out"))
                .satisfiesAnyOf(
                        out -> assertThat(out).doesNotExist(),
                        out -> assertThat(out).isEmptyDirectory());
        return train;
    }

    private Invocation train(String text) {
        try {
            Path recipe = Files.writeString(folder.resolve("recipe.yaml"), text);
            return Invocation.of("train", recipe, "--output", folder.resolve("out"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String distilling(String teacher) {
        return RECIPE.formatted("teacher: {" + teacher + "}", "distil");
    }

    private Path write(String name, ZooSpec spec) {
        Path file = folder.resolve(name);
        Zoo.build(spec).withMetadata(Map.of("reflux.data", "glyphs")).write(file);
        return file;
    }

    private Path cut() throws IOException {
        return Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(Files.readAllBytes(sound), 1000));
    }

    /** A sound model, but that every weight is not a number. */
    private Path notANumber() {
        ModelGraph graph = ModelGraph.read(sound);
        Map<String, GraphTensor> weights = new LinkedHashMap<>();
        graph.initializers().forEach((name, tensor) -> {
            float[] values = new float[tensor.size()];
            Arrays.fill(values, Float.NaN);
            weights.put(name, GraphTensor.of(name, tensor.shape(), values));
        });
        Path file = folder.resolve("nan.onnx");
        graph.withInitializers(weights).write(file);
        return file;
    }
}

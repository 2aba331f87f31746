package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.data.catalog.DataSetSpec;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.StudentRun;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A teacher without the student's data is sent it, and labels the very pixels that it would have rendered. */
final class SendSamplesTest {

    /** The student scales its own pixels otherwise than its teacher. */
    private static final String RECIPE = """
            name: student
            data: {set: glyphs, trainSamples: 256, validationSamples: 50, pixelMean: [0.1], pixelStd: [0.3]}
            student: {zoo: mlp, hidden: [8]}
            teacher: {address: "127.0.0.1:%d"%s}
            stages:
              - distil: {epochs: 2, batchSize: 64, augmentation: {maxShift: 2, flip: true}}
            export: {folder: '%s'}
            """;

    @TempDir
    private Path folder;

    private Path model;
    private Path silent;

    @BeforeEach
    void writeTeachers() {
        ModelGraph mlp = Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(32));
        model = folder.resolve("teacher.onnx");
        mlp.withMetadata(Map.of("reflux.pixel.mean", "0.5", "reflux.pixel.std", "0.25"))
                .write(model);
        silent = folder.resolve("silent.onnx");
        mlp.write(silent);
    }

    /** Labels do not depend on how batches came together, so that runs can be compared to the bit. */
    private static TeacherServer serve(Path model, long... dataSeeds) {
        return TeacherServer.start(TeacherConfig.builder(model)
                .deterministic(true)
                .dataSets(Arrays.stream(dataSeeds)
                        .mapToObj(seed -> new DataSetSpec("glyphs", null, 0, 0, seed))
                        .toList())
                .build());
    }

    private byte[] student(TeacherServer teacher, String name, String sending) throws Exception {
        String recipe = RECIPE.formatted(teacher.grpcPort(), sending, folder.resolve(name));
        return Files.readAllBytes(StudentRun.run(RecipeReader.parse(recipe, "recipe.yaml"), RunOptions.QUIET)
                .model());
    }

    @Test
    void samplesByValue_giveTheVeryStudentThatViewsGive() throws Exception {
        byte[] views;
        try (TeacherServer teacher = serve(model, 1)) {
            views = student(teacher, "views", "");
            // By choice, although the teacher has the set.
            assertThat(student(teacher, "chosen", ", sendSamples: uint8")).isEqualTo(views);
        }
        try (TeacherServer teacher = serve(model)) {
            assertThat(student(teacher, "automatic", "")).isEqualTo(views);
            assertThat(student(
                            teacher, "numbers", ", sendSamples: {type: float32, pixelMean: [0.5], pixelStd: [0.25]}"))
                    .isEqualTo(views);
        }
        // A file that does not say how its pixels are scaled.
        try (TeacherServer teacher = serve(silent)) {
            assertThat(student(
                            teacher, "described", ", sendSamples: {type: uint8, pixelMean: [0.5], pixelStd: [0.25]}"))
                    .isEqualTo(views);
            assertThat(student(teacher, "unscaled", ", sendSamples: uint8")).isNotEqualTo(views);
        }
    }

    @Test
    void anotherSet_isRefused_andSentWhenAskedTo() throws Exception {
        try (TeacherServer teacher = serve(model, 2)) {
            assertThatThrownBy(() -> student(teacher, "refused", ""))
                    .isInstanceOfSatisfying(
                            TrainingFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.MISMATCH))
                    .hasMessageMatching("teacher .*: data sets \\[glyphs [0-9a-f]{64}, glyphs [0-9a-f]{64}]"
                            + " \\(expected: glyphs [0-9a-f]{64}; teacher.sendSamples sends samples by value\\)");
            assertThat(student(teacher, "sent", ", sendSamples: uint8")).isNotEmpty();
        }
    }

    @Test
    void formsThatDoNotFit_areRefused() {
        try (TeacherServer teacher = serve(model)) {
            assertThatThrownBy(() -> student(teacher, "x", ", sendSamples: int32"))
                    .hasMessage("teacher.sendSamples: int32 (expected: uint8 or float32, since data set glyphs is"
                            + " images)");
            for (String wrong : List.of("float32", "{type: uint8, pixelMean: [0.5]}", "uint9")) {
                assertThatThrownBy(() -> student(teacher, "x", ", sendSamples: " + wrong))
                        .isInstanceOf(TrainingFailure.class)
                        .hasMessageStartingWith("recipe.yaml:4: teacher.sendSamples");
            }
        }
    }
}

package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.text.LittleTexts;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.report.CompressionReport;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.RunResult;
import io.reflux.student.run.StudentRun;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of text that learn from a teacher service: token sequences are views as images are. */
final class TextTeacherTest {

    private static final String LETTERS = """
            name: letters
            data: {set: tiny-shakespeare, blockSize: 8, validationSamples: 5}
            student: {zoo: gpt, depth: 1, heads: 2, embedding: 16}
            stages:
              - train:
                  iterations: 60
                  batchSize: 8
                  optimizer: {type: adamw}
                  learningRate: {initial: 0.01}
            """;

    private static final String REVIEWS = """
            name: reviews
            data: {set: sst2, blockSize: 6, validationSamples: 20}
            student: {zoo: transformer-encoder, depth: 1, heads: 2, embedding: 16}
            stages:
              - train:
                  epochs: 4
                  batchSize: 16
                  optimizer: {type: adamw}
                  learningRate: {initial: 0.01}
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeTexts() throws IOException {
        LittleTexts.write(folder);
    }

    private RunResult run(String recipe, String name) {
        return StudentRun.run(
                RecipeReader.parse(recipe, "recipe.yaml")
                        .withExportFolder(folder.resolve(name).toString()),
                RunOptions.QUIET.withDataDir(folder));
    }

    private TeacherServer serve(Path model, String... sets) {
        return TeacherServer.start(TeacherConfig.builder(model)
                .dataSets(List.of(sets).stream()
                        .map(set -> new DataSetSpec(set, folder, 0, 0, 1))
                        .toList())
                .build());
    }

    /** The same recipe with a smaller student that learns from a teacher. */
    private static String distilling(String recipe, String teacher, String encoding) {
        return recipe.replace("- train:", "- distil:")
                .replace("embedding: 16", "embedding: 8")
                .replace(
                        "learningRate:",
                        "loss: {temperature: 2}\n      encoding: %s\n      learningRate:".formatted(encoding))
                .replace("stages:", "teacher: {%s}\nstages:".formatted(teacher));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"fp32", "fp16", "int8", "{type: top-k, k: 4, zstd: true}", "{type: random-sampling, draws: 50}"})
    void languageModel_distilledOverTheWire_learnsAsFromAFile(String encoding) {
        Path model = run(LETTERS, "teacher").model();
        CompressionReport fromFile = run(distilling(LETTERS, "onnx: '%s'".formatted(model), "fp32"), "file")
                .report();
        try (TeacherServer teacher = serve(model, "tiny-shakespeare")) {
            CompressionReport remote = run(
                            distilling(LETTERS, "address: \"127.0.0.1:%d\"".formatted(teacher.grpcPort()), encoding),
                            "remote")
                    .report();

            // Each letter tells the next one; chance is ln 8 = 2.08.
            assertThat(fromFile.student().loss()).isLessThan(1.7);
            assertThat(remote.student().loss()).isCloseTo(fromFile.student().loss(), within(0.15));
            // The teacher is asked by value about the test windows, 5 of 8 letters.
            assertThat(remote.teacher()).isNotNull();
            assertThat(remote.teacher().samples()).isEqualTo(40);
            assertThat(remote.teacher().loss()).isCloseTo(fromFile.teacher().loss(), within(1e-4));
        }
    }

    @Test
    void languageModel_ofATeacherWithoutTheText_sendsItsTokens() {
        Path model = run(LETTERS, "teacher").model();
        try (TeacherServer teacher = serve(model)) {
            CompressionReport report = run(
                            distilling(LETTERS, "address: \"127.0.0.1:%d\"".formatted(teacher.grpcPort()), "fp32"),
                            "remote")
                    .report();

            assertThat(report.student().loss()).isLessThan(1.7);
        }
    }

    @Test
    void sentences_areViewsToo() {
        Path model = run(REVIEWS, "teacher").model();
        try (TeacherServer teacher = serve(model, "sst2")) {
            CompressionReport report = run(
                            distilling(REVIEWS, "address: \"127.0.0.1:%d\"".formatted(teacher.grpcPort()), "fp16"),
                            "remote")
                    .report();

            assertThat(report.student().accuracy()).isGreaterThan(0.9);
        }
    }

    @Test
    void anotherText_isRefused_withBothFingerprints() throws IOException {
        Path model = run(LETTERS, "teacher").model();
        try (TeacherServer teacher = serve(model, "tiny-shakespeare")) {
            Files.writeString(folder.resolve("input.txt"), "bacdefgh" + "abcdefgh".repeat(59));
            String address = "address: \"127.0.0.1:%d\"".formatted(teacher.grpcPort());
            assertThatThrownBy(() -> run(distilling(LETTERS, address, "fp32"), "remote"))
                    .isInstanceOfSatisfying(
                            TrainingFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.MISMATCH))
                    .hasMessageMatching("teacher .*: data sets \\[tiny-shakespeare [0-9a-f]{64}, tiny-shakespeare-test"
                            + " [0-9a-f]{64}] \\(expected: tiny-shakespeare [0-9a-f]{64}; .*\\)");
        }
    }
}

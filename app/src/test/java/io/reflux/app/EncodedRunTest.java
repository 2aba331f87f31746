package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.data.catalog.DataSetSpec;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.report.CompressionReport;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.StudentRun;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A student that distils from a real teacher in each encoding ends where one with fp32 labels does. */
final class EncodedRunTest {

    private static final String TEACHER = """
            name: teacher
            data: {set: glyphs, trainSamples: 2000, validationSamples: 0}
            student: {zoo: mlp, hidden: [64]}
            stages:
              - train: {epochs: 2, batchSize: 32, optimizer: {type: adamw}, learningRate: {initial: 0.003}}
            """;

    private static final String STUDENT = """
            name: student
            data: {set: glyphs, trainSamples: 1500, validationSamples: 0}
            student: {zoo: mlp, hidden: [32]}
            teacher: {address: "127.0.0.1:%d"}
            stages:
              - distil:
                  epochs: 3
                  batchSize: 32
                  loss: {temperature: 4, softLossWeight: 1, hardLossWeight: 0}
                  encoding: %s
                  optimizer: {type: adamw}
                  learningRate: {initial: 0.003}
            """;

    @TempDir
    private static Path folder;

    private static TeacherServer teacher;
    private static CompressionReport full;

    @BeforeAll
    static void serve() {
        Path model =
                StudentRun.run(recipe(TEACHER, "teacher"), RunOptions.QUIET).model();
        teacher = TeacherServer.start(TeacherConfig.builder(model)
                .dataSets(List.of(new DataSetSpec("glyphs", null, 0, 0, 1)))
                .build());
        full = run("fp32");
    }

    @AfterAll
    static void stop() {
        teacher.close();
    }

    private static Recipe recipe(String text, String name) {
        return RecipeReader.parse(text, "recipe.yaml")
                .withExportFolder(folder.resolve(name).toString());
    }

    private static CompressionReport run(String encoding) {
        return StudentRun.run(recipe(STUDENT.formatted(teacher.grpcPort(), encoding), "student"), RunOptions.QUIET)
                .report();
    }

    @Test
    void fullLabels_teachTheStudent() {
        // Chance is ln 10 = 2.30.
        assertThat(full.student().loss()).isBetween(0.0, 1.0);
        assertThat(full.student().accuracy()).isGreaterThan(0.75);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fp16 | 0.001",
                "int8 | 0.01",
                "{type: top-k, k: 5} | 0.25",
                "{type: random-sampling, draws: 50} | 0.1",
                "{type: fp16, zstd: true} | 0.001"
            })
    void encodedLabels_teachItAsWell(String encoding, double tolerance) {
        CompressionReport report = run(encoding);

        assertThat(report.student().loss()).isCloseTo(full.student().loss(), within(tolerance));
        assertThat(report.history())
                .allSatisfy(epoch -> assertThat(epoch.loss()).isFinite().isNotNegative());
    }
}

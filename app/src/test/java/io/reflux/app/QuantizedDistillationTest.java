package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.data.catalog.DataSetSpec;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelGraph;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.RunResult;
import io.reflux.student.run.StudentRun;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quantised students that learn from a live teacher over gRPC. */
final class QuantizedDistillationTest {

    private static final String TEACHER = """
            name: teacher
            data: {set: glyphs, trainSamples: 1000, validationSamples: 0}
            student: {zoo: mlp, hidden: [64], batchNorm: true}
            precision: fp32
            stages:
              - train: {epochs: 3, batchSize: 50, learningRate: {initial: 0.05}}
            """;

    private static final String STUDENT = """
            name: student
            data: {set: glyphs, trainSamples: 1000, validationSamples: 0}
            student: {zoo: mlp, hidden: [32], batchNorm: true}
            teacher: {address: "127.0.0.1:%d"}
            precision: fp32
            stages:
            """;

    private static final String DISTILLED = STUDENT + """
              - distil: {epochs: 2, batchSize: 50, learningRate: {initial: 0.05}}
              - quantize: {%s, calibrationSamples: 128, scales: learned}
              - distil: {epochs: 2, batchSize: 50, learningRate: {initial: 0.01}, encoding: fp16}
              - quantize: {norms: frozen}
              - distil: {epochs: 1, batchSize: 50, learningRate: {initial: 0.001}}
            """;

    /** Labels train it; only the roundings ask the teacher. */
    private static final String ROUNDED = STUDENT + """
              - train: {epochs: 3, batchSize: 50, learningRate: {initial: 0.05}}
              - quantize: {weightBits: 2, endBits: 2, calibrationSamples: 128, rounding: %s}
            """;

    @TempDir
    private Path folder;

    private Path teacher;

    @BeforeEach
    void trainTeacher() {
        teacher = run(TEACHER).model();
    }

    private RunResult run(String recipe) {
        String name = recipe.startsWith("name: teacher") ? "teacher" : "student";
        return StudentRun.run(
                RecipeReader.parse(recipe, "recipe.yaml")
                        .withExportFolder(folder.resolve(name).toString()),
                RunOptions.QUIET);
    }

    private TeacherServer serve() {
        return TeacherServer.start(TeacherConfig.builder(teacher)
                .address("127.0.0.1", 0, 0)
                .dataSets(List.of(new DataSetSpec("glyphs", null, 0, 0, 1)))
                .build());
    }

    @Test
    void student_quantisedAndDistilledOverGrpc_answersInIntegersAsItWasTrained() throws Exception {
        RunResult result;
        try (TeacherServer server = serve()) {
            result = run(DISTILLED.formatted(server.grpcPort(), "weightBits: 8"));
        }

        assertThat(result.report().fidelity().agreement()).isGreaterThanOrEqualTo(0.9995);
        assertThat(result.report().student().accuracy()).isGreaterThan(0.8);
        assertThat(result.report().labelBytes()).isPositive();
        ModelGraph file = ModelGraph.read(result.model());
        assertThat(file.nodes()).noneMatch(node -> node.operator().equals("BatchNormalization"));
        assertThat(file.initializers().values())
                .filteredOn(tensor -> tensor.type() == ElementType.INT8 && tensor.size() > 64)
                .hasSize(2);
        assertThat(Files.size(result.model())).isLessThan(32_000);
    }

    @Test
    void student_roundedToAnswerAsALiveTeacher_agreesWithItMoreThanWithNearestIntegers() {
        try (TeacherServer server = serve()) {
            RunResult nearest = run(ROUNDED.formatted(server.grpcPort(), "nearest"));
            RunResult rounded =
                    run(ROUNDED.formatted(server.grpcPort(), "{type: adaround, target: teacher, iterations: 200}"));

            assertThat(nearest.report().labelBytes()).isZero();
            // 10 logits of 4 bytes for each of the samples, and the messages around them.
            assertThat(rounded.report().labelBytes()).isBetween(128L * 40, 128L * 60);
            assertThat(rounded.report().agreement())
                    .isGreaterThan(nearest.report().agreement() + 0.05);
        }
    }
}

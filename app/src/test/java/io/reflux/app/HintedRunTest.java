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
import io.reflux.student.run.RunResult;
import io.reflux.student.run.StudentRun;
import io.reflux.teacher.cache.CacheConfig;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Students that learn from hidden layers of real teachers over gRPC. */
final class HintedRunTest {
    private static final String RECIPE = """
            name: student
            data: {set: glyphs, trainSamples: 320, validationSamples: 0}
            student: {zoo: mlp, hidden: [8]}
            teacher: {%s}
            stages:
              - distil:
                  epochs: 3
                  batchSize: 32
                  hints: [{teacher: %s, student: %s, weight: 2, encoding: %s}]
            export: {folder: '%s'}
            """;

    private static final ModelGraph TEACHER =
            Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(24).withSeed(3)).withMetadata(Map.of("reflux.data", "glyphs"));
    private static final String HIDDEN = TEACHER.nodes().stream()
            .filter(node -> node.operator().equals("Relu"))
            .findFirst()
            .orElseThrow()
            .output(0);

    @TempDir
    private Path folder;

    private TeacherServer serve(List<String> hints) {
        Path file = folder.resolve("teacher.onnx");
        TEACHER.write(file);
        return TeacherServer.start(TeacherConfig.builder(file)
                .dataSets(List.of(new DataSetSpec("glyphs", null, 0, 0, 1)))
                .deterministic(true)
                .batching(32, Duration.ofMillis(2), 2)
                .cache(new CacheConfig(1 << 22, null, CacheConfig.MIN_DISK_BYTES))
                .hints(hints)
                .build());
    }

    private RunResult run(String name, String teacher, String encoding) {
        return StudentRun.run(
                RecipeReader.parse(
                        RECIPE.formatted(teacher, HIDDEN, HIDDEN, encoding, folder.resolve(name)), "recipe.yaml"),
                RunOptions.QUIET);
    }

    private static String address(TeacherServer server) {
        return "\"127.0.0.1:" + server.grpcPort() + "\"";
    }

    @Test
    void service_fleet_andCache_giveTheSameStudent() throws Exception {
        try (TeacherServer first = serve(List.of(HIDDEN));
                TeacherServer second = serve(List.of(HIDDEN))) {
            RunResult alone = run("alone", "address: " + address(first), "fp32");
            byte[] model = Files.readAllBytes(alone.model());
            assertThat(ModelGraph.read(alone.model()).initializers().keySet())
                    .noneMatch(name -> name.startsWith("reflux.hint"));
            // 320 samples, 3 epochs: logits of 10 numbers and hints of 24.
            assertThat(alone.report().labelBytes()).isGreaterThan(320L * 3 * 34 * Float.BYTES);

            RunResult fleet = run("fleet", "addresses: [" + address(first) + ", " + address(second) + "]", "fp32");
            assertThat(Files.readAllBytes(fleet.model())).isEqualTo(model);
            assertThat(fleet.report().ledger().rollingHash())
                    .isEqualTo(alone.report().ledger().rollingHash());

            RunResult coarse = run("coarse", "address: " + address(second), "int8");
            assertThat(coarse.report().labelBytes()).isLessThan(alone.report().labelBytes());
            assertThat(Files.readAllBytes(coarse.model())).isNotEqualTo(model);
        }
    }

    @Test
    void teacherWithoutTheHint_isRefusedBeforeTraining() {
        try (TeacherServer server = serve(List.of())) {
            assertThatThrownBy(() -> run("none", "address: " + address(server), "fp32"))
                    .isInstanceOf(TrainingFailure.class)
                    .hasMessageEndingWith(": output " + HIDDEN
                            + " (expected: one beside the logits, and this teacher has none; reflux teacher --hint"
                            + " names them)");
        }
    }
}

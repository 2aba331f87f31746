package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reflux.app.console.ExitCode;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.model.graph.ModelGraph;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.StudentRun;
import io.reflux.teacher.cache.CacheConfig;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LabelCommandTest {
    private static final int SAMPLES = 200;

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void writeModel() {
        model = GlyphsModel.write(folder.resolve("teacher.onnx"), 8);
    }

    private Invocation label(Object... more) {
        List<Object> arguments = new ArrayList<>(List.of(
                "label",
                "--model",
                model,
                "--data=glyphs",
                "--train-samples=" + SAMPLES,
                "--validation-samples=50",
                "--max-shift=2",
                "--encoding=top-k:3",
                "--temperature=4",
                "--cache-dir",
                folder.resolve("cache")));
        arguments.addAll(List.of(more));
        return Invocation.of(arguments.toArray());
    }

    /** Twice as many epochs as the bank has views: all labels are known before the first one. */
    @Test
    void student_ofALabelledBank_costsTheTeacherNothing() throws Exception {
        assertThat(label("--views=3").exitCode()).isEqualTo(ExitCode.OK);

        CacheConfig cache = new CacheConfig(0, folder.resolve("cache"), CacheConfig.MIN_DISK_BYTES);
        try (TeacherServer teacher = TeacherServer.start(TeacherConfig.builder(model)
                .dataSets(List.of(new DataSetSpec("glyphs", null, 0, 0, 1)))
                .cache(cache)
                .build())) {
            StudentRun.run(
                    RecipeReader.parse("""
                                    data: {set: glyphs, trainSamples: %d, validationSamples: 50, viewBank: 3}
                                    student: {zoo: mlp, hidden: [8]}
                                    teacher: {address: "127.0.0.1:%d"}
                                    stages:
                                      - distil:
                                          epochs: 6
                                          batchSize: 64
                                          augmentation: {maxShift: 2}
                                          encoding: {type: top-k, k: 3, zstd: true}
                                          loss: {temperature: 4}
                                    """.formatted(SAMPLES, teacher.grpcPort()), "recipe.yaml")
                            .withExportFolder(folder.resolve("student").toString()),
                    RunOptions.QUIET);

            String metrics = get("http://127.0.0.1:" + teacher.metricsPort() + "/metrics");
            assertThat(metrics)
                    .contains("reflux_teacher_cache_hits_total{tier=\"disk\"} " + 6.0 * SAMPLES)
                    .contains("reflux_teacher_cache_misses_total 0.0");
        }
    }

    /** Sixty at a time in both, zeros in the last batch of the fill; the student leaves out the same classes. */
    @Test
    void deterministicTeacher_ofALabelledSet_computesNothing() throws Exception {
        assertThat(label("--deterministic", "--batch=60", "--exclude-classes=3,5,7")
                        .exitCode())
                .isEqualTo(ExitCode.OK);
        CacheConfig cache = new CacheConfig(0, folder.resolve("cache"), CacheConfig.MIN_DISK_BYTES);
        try (TeacherServer teacher = TeacherServer.start(TeacherConfig.builder(model)
                .batching(60, Duration.ZERO, 2)
                .deterministic(true)
                .dataSets(List.of(new DataSetSpec("glyphs", null, 0, 0, 1)))
                .cache(cache)
                .build())) {
            StudentRun.run(
                    RecipeReader.parse("""
                                    data: {set: glyphs, trainSamples: %d, validationSamples: 50, viewBank: 1, excludeClasses: [3, 5, 7]}
                                    student: {zoo: mlp, hidden: [8]}
                                    teacher: {address: "127.0.0.1:%d"}
                                    stages:
                                      - distil:
                                          epochs: 2
                                          batchSize: 64
                                          augmentation: {maxShift: 2}
                                          encoding: {type: top-k, k: 3}
                                          loss: {temperature: 4}
                                    """.formatted(SAMPLES, teacher.grpcPort()), "recipe.yaml")
                            .withExportFolder(folder.resolve("student").toString()),
                    RunOptions.QUIET);
            String metrics = get("http://127.0.0.1:" + teacher.metricsPort() + "/metrics");
            // 142 of the samples are of other classes. By value come those of the test set, which no cache is for.
            assertThat(metrics)
                    .contains("reflux_teacher_cache_hits_total{tier=\"disk\"} " + 2.0 * 142)
                    .contains("reflux_teacher_cache_misses_total 0.0");
        }
    }

    /** The logits are there from a fill before; of each view the hint alone is added. */
    @Test
    void studentOfALabelledHint_costsTheTeacherNothing() throws Exception {
        String hidden = ModelGraph.read(model).nodes().stream()
                .filter(node -> node.operator().equals("Relu"))
                .findFirst()
                .orElseThrow()
                .output(0);
        assertThat(label("--views=1").exitCode()).isEqualTo(ExitCode.OK);
        JsonNode hinted = new ObjectMapper()
                .readTree(
                        label("--views=1", "--hint", hidden + "=int8", "--json").out());
        assertThat(hinted.path("rows").path("computed").asInt()).isEqualTo(SAMPLES);
        JsonNode again = new ObjectMapper()
                .readTree(
                        label("--views=1", "--hint", hidden + "=int8", "--json").out());
        assertThat(again.path("rows").path("known").asInt()).isEqualTo(SAMPLES);

        try (TeacherServer teacher = TeacherServer.start(TeacherConfig.builder(model)
                .dataSets(List.of(new DataSetSpec("glyphs", null, 0, 0, 1)))
                .hints(List.of(hidden))
                .cache(new CacheConfig(0, folder.resolve("cache"), CacheConfig.MIN_DISK_BYTES))
                .build())) {
            StudentRun.run(
                    RecipeReader.parse("""
                                    data: {set: glyphs, trainSamples: %d, validationSamples: 50, viewBank: 1}
                                    student: {zoo: mlp, hidden: [6]}
                                    teacher: {address: "127.0.0.1:%d"}
                                    stages:
                                      - distil:
                                          epochs: 2
                                          batchSize: 64
                                          augmentation: {maxShift: 2}
                                          encoding: {type: top-k, k: 3}
                                          loss: {temperature: 4}
                                          hints: [{teacher: %s, student: %s, encoding: int8}]
                                    """.formatted(SAMPLES, teacher.grpcPort(), hidden, hidden), "recipe.yaml")
                            .withExportFolder(folder.resolve("student").toString()),
                    RunOptions.QUIET);
            // Each epoch finds two outputs of each view.
            assertThat(get("http://127.0.0.1:" + teacher.metricsPort() + "/metrics"))
                    .contains("reflux_teacher_cache_hits_total{tier=\"disk\"} " + 4.0 * SAMPLES)
                    .contains("reflux_teacher_cache_misses_total 0.0");
        }
    }

    @Test
    void label_hintThatIsNot_isOneLine() {
        Invocation unknown = label("--hint", "relu9=fp16");
        assertThat(unknown.exitCode()).isNotEqualTo(ExitCode.OK);
        assertThat(unknown.err()).contains("output relu9 (expected: the name of a value that a node makes; nearest: ");
        Invocation encoding = label("--hint", "relu1=top-k:3");
        assertThat(encoding.err())
                .contains("--hint: relu1=top-k:3 (expected: fp32, fp16 or int8, since a hint is no probability)");
    }

    @Test
    void label_again_goesOnWhereItStopped_andSaysSo() throws Exception {
        JsonNode first =
                new ObjectMapper().readTree(label("--views=1", "--json").out());
        assertThat(first.path("rows").path("computed").asInt()).isEqualTo(SAMPLES);
        assertThat(first.path("rows").path("known").asInt()).isZero();
        assertThat(first.path("complete").asBoolean()).isTrue();

        Invocation second = label("--views=2");
        assertThat(second.exitCode()).isEqualTo(ExitCode.OK);
        // 3 classes of 10: 2 (3 + 1) + ceil(3 x 4 / 8) bytes a row.
        assertThat(second.out())
                .isEqualTo("%s: 400 of 400 rows, 4.0 kB: 200 were there, 200 computed%n"
                        .formatted(folder.resolve("cache")));
    }

    @Test
    void label_killed_goesOn() throws Exception {
        Process process = JavaProcess.of(
                "label",
                "--model",
                model,
                "--data=glyphs",
                "--train-samples=1000000",
                "--cache-dir",
                folder.resolve("cache"));
        try {
            Path rows = folder.resolve("cache").resolve("rows");
            while (process.isAlive() && bytes(rows) < 100_000) {
                Thread.onSpinWait();
            }
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
        JsonNode after = new ObjectMapper()
                .readTree(Invocation.of(
                                "label",
                                "--model",
                                model,
                                "--data=glyphs",
                                "--train-samples=1000",
                                "--cache-dir",
                                folder.resolve("cache"),
                                "--json")
                        .out());
        assertThat(after.path("rows").path("known").asInt()).isBetween(500, 1000);
        assertThat(after.path("complete").asBoolean()).isTrue();
    }

    private static long bytes(Path folder) throws Exception {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Test
    void settings_wrong_areRefusedInOneLine() {
        assertThat(label("--views=0")).isEqualTo(usage("--views: 0 (expected: 1 to 1048576)"));
        assertThat(label("--batch=0")).isEqualTo(usage("--batch: 0 (expected: >= 1)"));
        assertThat(label("--exclude-classes=10"))
                .isEqualTo(usage("excluded class: 10 (expected: 0 to 9, data set glyphs)"));
        assertThat(label("--exclude-classes=0,1,2,3,4,5,6,7,8,9"))
                .isEqualTo(usage(
                        "--exclude-classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] (expected: to leave a sample to label)"));
        assertThat(label("--cache-disk=1m")).isEqualTo(usage("--cache-disk: 1m (expected: at least 16m)"));
        assertThat(Invocation.of("label", "--model", model, "--data=glyphs", "--views=2", "--cache-dir", folder))
                .isEqualTo(usage("--views: 2 without an augmentation (expected: --max-shift or --flip, or 1)"));
        assertThat(Invocation.of("label", "--model", model, "--data=glyphs", "--encoding=top-k", "--cache-dir", folder))
                .isEqualTo(usage("--encoding: top-k (expected: fp32, fp16, int8, top-k:K with K of 1 to 1048576, or"
                        + " random-sampling:N with N of 1 to 4096)"));
    }

    private static Invocation usage(String message) {
        return new Invocation(ExitCode.USAGE, "", "reflux: " + message + System.lineSeparator());
    }

    @Test
    void folder_ofSomethingElse_isRefused() {
        assertThat(Invocation.of("label", "--model", model, "--data=glyphs", "--cache-dir", folder))
                .isEqualTo(new Invocation(
                        ExitCode.FAILED,
                        "",
                        "reflux: cacheDir: " + folder + " is not a cache (expected: an empty folder, or one that a"
                                + " teacher made)" + System.lineSeparator()));
    }

    private static String get(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}

package io.reflux.app.dashboards;

import io.reflux.data.catalog.DataSetSpec;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.StudentRun;
import io.reflux.teacher.cache.CacheConfig;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A teacher that serves on loopback and a student that distils from it until this is closed. */
final class RunningPair implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    /** More epochs than any test has the patience for. */
    private static final String RECIPE = """
            name: watched
            data: {set: glyphs, trainSamples: 320, validationSamples: 50}
            student: {zoo: mlp, hidden: [8]}
            teacher: {addresses: ["127.0.0.1:%d"], file: '%s'}
            stages:
              # New views in every epoch: known labels would leave the teacher's model without work to be seen.
              - distil: {epochs: 1000000, batchSize: 32, learningRate: {initial: 0.01}, augmentation: {maxShift: 2}}
            export: {folder: '%s', checkpointEveryEpochs: 0}
            """;

    private final TeacherServer teacher;
    private final CompletableFuture<Integer> studentPort = new CompletableFuture<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final CompletableFuture<Void> student;

    private RunningPair(Path folder) {
        Path model = folder.resolve("teacher.onnx");
        Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(64))
                .withMetadata(Map.of("reflux.data", "glyphs"))
                .write(model);
        teacher = TeacherServer.start(TeacherConfig.builder(model)
                .dataSets(List.of(new DataSetSpec("glyphs", null, 0, 0, 1)))
                .cache(new CacheConfig(1 << 20, folder.resolve("cache"), CacheConfig.MIN_DISK_BYTES))
                .build());
        String recipe = RECIPE.formatted(teacher.grpcPort(), model, folder.resolve("student"));
        RunOptions options = RunOptions.QUIET
                .withMetricsPort(0)
                .withMetricsListening(studentPort::complete)
                .withStop(stop::get);
        student = CompletableFuture.runAsync(() -> run(recipe, options));
    }

    /** Starts both; the student may not have made its first step yet. */
    static RunningPair start(Path folder) {
        return new RunningPair(folder);
    }

    private void run(String recipe, RunOptions options) {
        try {
            StudentRun.run(RecipeReader.parse(recipe, "watched.yaml"), options);
        } catch (TrainingFailure e) {
            studentPort.completeExceptionally(e);
            if (e.code() != TrainingFailure.Code.INTERRUPTED) {
                throw e;
            }
        }
    }

    int teacherMetricsPort() {
        return teacher.metricsPort();
    }

    int studentMetricsPort() {
        return studentPort.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Stops the student, then the teacher; fails if the student had failed. */
    @Override
    public void close() {
        stop.set(true);
        try {
            student.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        } finally {
            teacher.close();
        }
    }
}

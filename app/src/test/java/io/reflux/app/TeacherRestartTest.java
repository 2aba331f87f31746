package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.data.catalog.DataSetSpec;
import io.reflux.student.progress.TerminalStyle;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.RunResult;
import io.reflux.student.run.StudentRun;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real teacher that goes away in the midst of a real run. */
final class TeacherRestartTest {
    private static final long PATIENCE_SECONDS = 120;
    /** The run asks at least twice a step whether to stop: the third of 8 steps at the latest, and 3 batches at most are ahead of it. */
    private static final int ASK_BEFORE_THE_END = 5;

    private static final String RECIPE = """
            name: student
            data: {set: glyphs, trainSamples: 256, validationSamples: 50}
            student: {zoo: mlp, hidden: [8]}
            teacher: {address: "127.0.0.1:%d"}
            stages:
              - distil: {epochs: 2, batchSize: 64, augmentation: {maxShift: 1}, prefetchBatches: 1}
            export: {folder: '%s'}
            """;

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void writeTeacher() {
        model = GlyphsModel.write(folder.resolve("teacher.onnx"), 32);
    }

    @Test
    void teacher_goneInMidRunAndBack_studentSaysSoAndEndsWithTheBytesOfAnUndisturbedRun() throws Exception {
        byte[] undisturbed;
        try (TeacherServer teacher = start(0)) {
            undisturbed = bytes(run(teacher.grpcPort(), "undisturbed", RunOptions.QUIET));
        }

        ByteArrayOutputStream written = new ByteArrayOutputStream();
        PrintStream progress = new PrintStream(written, true, StandardCharsets.UTF_8);
        CompletableFuture<TeacherServer> again = new CompletableFuture<>();
        TeacherServer first = start(0);
        AtomicInteger asks = new AtomicInteger();
        RunOptions options = RunOptions.QUIET
                .withProgress(progress, TerminalStyle.PLAIN)
                .withStop(() -> {
                    if (asks.incrementAndGet() == ASK_BEFORE_THE_END) {
                        first.close();
                        CompletableFuture.runAsync(() -> {
                            awaitText(written, "[teacher: reconnecting]");
                            again.complete(start(first.grpcPort()));
                        });
                    }
                    return false;
                });
        try {
            RunResult disturbed = run(first.grpcPort(), "disturbed", options);

            assertThat(bytes(disturbed)).isEqualTo(undisturbed);
            assertThat(disturbed.report().reconnects()).isPositive();
            assertThat(written.toString(StandardCharsets.UTF_8)).contains("[teacher: reconnecting]");
        } finally {
            first.close();
            again.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join().close();
        }
    }

    /** Looks until the text is there; the bound only ends a test that has failed. */
    private static void awaitText(ByteArrayOutputStream written, String text) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!written.toString(StandardCharsets.UTF_8).contains(text)) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private TeacherServer start(int port) {
        return TeacherServer.start(TeacherConfig.builder(model)
                .address("127.0.0.1", port, 0)
                .drainTimeout(Duration.ofMillis(1))
                .dataSets(List.of(new DataSetSpec("glyphs", null, 0, 0, 1)))
                .build());
    }

    private RunResult run(int port, String name, RunOptions options) {
        String recipe = RECIPE.formatted(port, folder.resolve(name));
        return StudentRun.run(RecipeReader.parse(recipe, "recipe.yaml"), options);
    }

    private static byte[] bytes(RunResult result) throws Exception {
        return Files.readAllBytes(result.model());
    }
}

package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.data.DataSplits;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.ledger.LedgerSummary;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.RunResult;
import io.reflux.student.run.StudentRun;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real teachers that come, go and change in the midst of a real run. It asks at least once a step whether to stop, and again and
 * again while it waits for labels, so how often it has asked says nothing about how far it is: what teachers have labelled does,
 * of which at most {@link #AHEAD} batches are not stepped on.
 */
final class FleetRunTest {
    private static final long PATIENCE_SECONDS = 60;
    private static final int BATCH = 32;
    private static final int STEPS = 12 * 512 / BATCH;
    /** The 8 that a run prefetches, one in the sampler's hands and one in the trainer's. */
    private static final int AHEAD = 10;
    /** Labelled batches after which something happens: some have been stepped on then. */
    private static final int FIRST_EVENT = AHEAD + 6;

    private static final DataSetSpec GLYPHS = new DataSetSpec("glyphs", null, 0, 0, 1);

    private static final String RECIPE = """
            name: student
            data: {set: glyphs, trainSamples: 512, validationSamples: 0}
            student: {zoo: mlp, hidden: [8]}
            teacher: {%s}
            stages:
              - distil: {epochs: 12, batchSize: 32, augmentation: {maxShift: 2}}
            export: {folder: '%s', checkpointEveryEpochs: 0}
            """;

    @TempDir
    private Path folder;

    /** A model that counts its rows, and computes nothing while its turn is taken. */
    private static final class Held implements InferenceModel {
        private final InferenceModel model;
        private final AtomicInteger rows = new AtomicInteger();
        private final Semaphore turn = new Semaphore(1);

        Held(InferenceModel model) {
            this.model = model;
        }

        @Override
        public List<Long> sampleShape() {
            return model.sampleShape();
        }

        @Override
        public int numClasses() {
            return model.numClasses();
        }

        @Override
        public String digest() {
            return model.digest();
        }

        @Override
        public Map<String, String> metadata() {
            return model.metadata();
        }

        @Override
        public float[] logits(Inputs batch, int count) {
            turn.acquireUninterruptibly();
            try {
                rows.addAndGet(count);
                return model.logits(batch, count);
            } finally {
                turn.release();
            }
        }

        @Override
        public void close() {
            model.close();
        }
    }

    private static ModelGraph graph(int seed) {
        return Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(32).withSeed(seed))
                .withMetadata(Map.of("reflux.data", "glyphs"));
    }

    private static TeacherServer serve(InferenceModel model) {
        DataSplits splits = DataCatalog.open(GLYPHS);
        return TeacherServer.start(
                TeacherConfig.builder(Path.of("held.onnx"))
                        .drainTimeout(Duration.ofMillis(1))
                        .build(),
                model,
                List.of(splits.training(), splits.test()));
    }

    private RunResult run(String teacher, RunOptions options) {
        return StudentRun.run(
                RecipeReader.parse(RECIPE.formatted(teacher, folder.resolve("student")), "recipe.yaml"), options);
    }

    private void teachers(Path file, TeacherServer... those) {
        StringBuilder lines = new StringBuilder();
        for (TeacherServer teacher : those) {
            lines.append("127.0.0.1:").append(teacher.grpcPort()).append('\n');
        }
        replace(file, beside -> Files.writeString(beside, lines));
    }

    /** Writes a file, to a path that it is given. */
    @FunctionalInterface
    private interface Writing {
        void write(Path file) throws IOException;
    }

    private static void replace(Path file, Writing writing) {
        Path beside = file.resolveSibling("beside-" + file.getFileName());
        try {
            writing.write(beside);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static double metric(TeacherServer teacher, String name) {
        URI uri = URI.create("http://127.0.0.1:" + teacher.metricsPort() + "/metrics");
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void teachersOfAFile_thatComeAndGoInMidRun_labelEachBatchOnce() throws Exception {
        Path file = folder.resolve("teachers");
        Held first = new Held(OnnxRuntimeModel.open(graph(3), 1));
        Held second = new Held(OnnxRuntimeModel.open(graph(3), 1));
        AtomicInteger rowsOfFirst = new AtomicInteger();
        AtomicBoolean removed = new AtomicBoolean();
        try (TeacherServer one = serve(first);
                TeacherServer other = serve(second)) {
            teachers(file, one);
            RunOptions options = RunOptions.QUIET.withStop(() -> {
                if (rowsOfFirst.get() == 0 && first.rows.get() >= FIRST_EVENT * BATCH) {
                    teachers(file, one, other);
                    until("the second teacher is examined", () -> second.rows.get() > 0);
                    // From now on the first answers nothing: the run goes on only by what the second labels.
                    first.turn.acquireUninterruptibly();
                    rowsOfFirst.set(first.rows.get());
                } else if (rowsOfFirst.get() > 0 && !removed.get() && second.rows.get() > BATCH) {
                    teachers(file, other);
                    until("the first teacher is left", () -> metric(one, "reflux_teacher_streams") == 0);
                    removed.set(true);
                }
                return false;
            });
            RunResult result;
            try {
                result = run("addressFile: '" + file + "'", options);
            } finally {
                if (rowsOfFirst.get() > 0) {
                    first.turn.release();
                }
            }

            assertThat(removed).isTrue();
            // More than it was asked for before: what is ahead, and its examination, which takes a batch at most.
            assertThat(rowsOfFirst.get()).isBetween(FIRST_EVENT * BATCH, (FIRST_EVENT + 2 * AHEAD) * BATCH);
            LedgerSummary ledger = result.report().ledger();
            assertThat(ledger.exactlyOnce()).isTrue();
            assertThat(ledger.batches()).isEqualTo(STEPS);
            assertThat(ledger.models()).containsExactly(new LedgerSummary.ModelShare(one.modelDigest(), STEPS));
            // Whatever the first did not compute, the second did: each view is asked for in one epoch only.
            assertThat(second.rows.get()).isGreaterThanOrEqualTo(STEPS * BATCH - rowsOfFirst.get());
        }
    }

    @Test
    void model_swappedInMidRun_whereThatIsAccepted_isInTheLedgerBesideTheFormer() throws Exception {
        Path model = folder.resolve("teacher.onnx");
        graph(3).write(model);
        AtomicBoolean swapped = new AtomicBoolean();
        try (TeacherServer teacher = TeacherServer.start(TeacherConfig.builder(model)
                .watchInterval(Duration.ofMillis(5))
                .dataSets(List.of(GLYPHS))
                .build())) {
            String former = teacher.modelDigest();
            RunOptions options = RunOptions.QUIET.withStop(() -> {
                if (!swapped.get() && metric(teacher, "reflux_teacher_samples_total") >= FIRST_EVENT * BATCH) {
                    replace(model, beside -> graph(4).write(beside));
                    until("the model is swapped", () -> !teacher.modelDigest().equals(former));
                    swapped.set(true);
                }
                return false;
            });
            RunResult result =
                    run("addresses: ['127.0.0.1:" + teacher.grpcPort() + "'], onModelChange: accept", options);

            LedgerSummary ledger = result.report().ledger();
            assertThat(ledger.exactlyOnce()).isTrue();
            assertThat(ledger.batches()).isEqualTo(STEPS);
            assertThat(ledger.models())
                    .extracting(LedgerSummary.ModelShare::digest)
                    .containsExactly(former, teacher.modelDigest());
            assertThat(ledger.models().get(0).batches()).isBetween(1L, STEPS / 2L);
            assertThat(result.ledgerFile())
                    .content()
                    .contains("# model 0 " + former, "# model 1 " + teacher.modelDigest());
        }
    }
}

package io.reflux.app.access;

import io.reflux.data.ImageDataSet;
import io.reflux.data.glyph.GlyphDataSet;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.View;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.proto.credentials.TlsFiles;
import io.reflux.student.recipe.EncodingConfig;
import io.reflux.student.remote.AnswerPolicy;
import io.reflux.student.remote.RemoteConfig;
import io.reflux.student.remote.RemoteSource;
import io.reflux.student.remote.SampleForm;
import io.reflux.student.remote.TeacherAccess;
import io.reflux.student.remote.TeacherAddress;
import io.reflux.student.source.SoftLabels;
import io.reflux.teacher.access.AccessConfig;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A real teacher on loopback, and real students of it. */
final class Pair implements AutoCloseable {
    static final long SECONDS = 20;

    private static final ImageDataSet SET = new GlyphDataSet(7, 100);
    private static final ModelGraph MODEL =
            Zoo.build(ZooSpec.of(Zoo.MLP).withHidden(8).withSeed(3));

    private final Vertx vertx = Vertx.vertx();
    private final AtomicLong batchIds = new AtomicLong();
    final TeacherServer teacher;

    Pair(AccessConfig access) {
        this(config -> config.access(access));
    }

    Pair(UnaryOperator<TeacherConfig.Builder> change) {
        teacher = TeacherServer.start(
                change.apply(TeacherConfig.builder(Path.of("tiny.onnx"))).build(),
                OnnxRuntimeModel.open(MODEL, 1),
                List.of(SET));
    }

    RemoteSource student(@Nullable TlsFiles tls, @Nullable Path tokenFile) {
        return student("localhost", teacher.grpcPort(), new TeacherAccess(tls, tokenFile));
    }

    RemoteSource student(String host, int port, TeacherAccess access) {
        RemoteConfig.Patience patience = new RemoteConfig.Patience(
                3, Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(SECONDS));
        return RemoteSource.open(
                vertx,
                new RemoteConfig(
                        new TeacherAddress(host, port),
                        "test",
                        SET,
                        Augmentation.NONE,
                        false,
                        SampleForm.NAMED,
                        EncodingConfig.FP32.toEncoding(1),
                        List.of(),
                        16,
                        4,
                        patience,
                        AnswerPolicy.ALONE,
                        access));
    }

    /** Asks for one batch and waits for it. */
    SoftLabels ask(RemoteSource student) throws Exception {
        SoftLabels labels = student.request(batch()).get(SECONDS, TimeUnit.SECONDS);
        student.release(labels);
        return labels;
    }

    ViewBatch batch() {
        return new ViewBatch(batchIds.getAndIncrement(), 0, 0, 1, List.of(new View(3, 1), new View(4, 1)));
    }

    /** The sum of a series, of those of its lines that contain a text. */
    double metric(String name, String contains) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    String metrics() {
        URI uri = URI.create("http://127.0.0.1:" + teacher.metricsPort() + "/metrics");
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never came about: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Override
    public void close() {
        teacher.close();
        try {
            vertx.close().await(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}

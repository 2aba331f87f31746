package io.reflux.teacher.server;

import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/** A teacher of {@link TinyModel} on loopback, and a Vert.x for its students. */
final class ServedTiny implements AutoCloseable {

    final Vertx vertx = Vertx.vertx();
    final TinyModel model = new TinyModel();
    final TeacherServer server;

    ServedTiny() {
        this(config -> config);
    }

    ServedTiny(UnaryOperator<TeacherConfig.Builder> change) {
        server = TeacherServer.start(
                change.apply(TeacherConfig.builder(Path.of("tiny.onnx"))).build(), model, List.of(new TinyDataSet()));
    }

    Student open() throws Exception {
        return Student.open(vertx, server.grpcPort(), Student.fp32());
    }

    HttpResponse<String> get(String path) {
        return get(server, path);
    }

    private static HttpResponse<String> get(TeacherServer server, String path) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.metricsPort() + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value of a series, 0 if it is not there; labels of the series are not looked at but for {@code contains}. */
    double metric(String name, String contains) {
        return metric(server, name, contains);
    }

    /** As {@link #metric(String, String)}, of any teacher. */
    static double metric(TeacherServer server, String name, String contains) {
        return get(server, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .filter(line -> line.contains(contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() {
        // What a failed test holds up would hold up the end as well.
        if (model.turns.availablePermits() == 0) {
            model.turns.release(1_000_000);
        }
        server.close();
        try {
            vertx.close().await(Student.SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.reflux.student.metrics;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.reflux.student.failure.TrainingFailure;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Serves {@code /metrics}, {@code /healthz}, {@code /progress.json} and the live page at {@code /}. */
public final class StudentServer implements AutoCloseable {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String PAGE = "live.html";

    private final HttpServer server;

    private StudentServer(HttpServer server) {
        this.server = server;
    }

    /**
     * Listens. Blocks until it does; not for event loops.
     *
     * @param vertx stays the caller's to close, after the server
     * @param host address to listen on
     * @param port port, or 0 for any free one
     * @param registry what /metrics shows; the JVM's meters are added
     * @param history what the live page shows
     * @throws TrainingFailure with code RESOURCE when the port cannot be used
     */
    public static StudentServer start(
            Vertx vertx, String host, int port, PrometheusMeterRegistry registry, LiveHistory history) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        String page = page();
        Router router = Router.router(vertx);
        router.get("/").handler(context -> answer(context, "text/html; charset=utf-8", page));
        router.get("/healthz").handler(context -> answer(context, "text/plain; charset=utf-8", "ok\n"));
        router.get("/metrics")
                .handler(context -> answer(context, "text/plain; version=0.0.4; charset=utf-8", registry.scrape()));
        router.get("/progress.json").handler(context -> answer(context, "application/json", json(history.state())));
        CompletableFuture<HttpServer> listening = new CompletableFuture<>();
        // Browsers and Prometheus speak HTTP/1.1 in clear text; changing over to HTTP/2 is only more to go wrong.
        HttpServerOptions options = new HttpServerOptions().setHttp2ClearTextEnabled(false);
        vertx.createHttpServer(options)
                .requestHandler(router)
                .listen(port, host)
                .onComplete((bound, e) -> {
                    if (e == null) {
                        listening.complete(bound);
                    } else {
                        listening.completeExceptionally(e);
                    }
                });
        try {
            return new StudentServer(listening.join());
        } catch (CompletionException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE,
                    "metrics port: " + port + " cannot be used: " + e.getCause().getMessage()
                            + " (expected: a free port, or 0 for any)",
                    e);
        }
    }

    private static void answer(RoutingContext context, String type, String text) {
        HttpServerResponse response = context.response();
        response.putHeader("Content-Type", type);
        response.putHeader("Cache-Control", "no-store");
        response.end(text);
    }

    private static String json(LiveState state) {
        try {
            return JSON.writeValueAsString(state);
        } catch (JacksonException e) {
            throw new IllegalStateException("progress: " + e.getOriginalMessage() + " (expected: plain records)", e);
        }
    }

    private static String page() {
        try (InputStream in = StudentServer.class.getResourceAsStream(PAGE)) {
            if (in == null) {
                throw new IllegalStateException(PAGE + ": absent (expected: in the module's resources)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(PAGE + ": not readable (expected: in the module's resources)", e);
        }
    }

    /** Returns the port it listens on. */
    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        server.close().onComplete((done, e) -> closed.complete(null));
        closed.join();
    }
}

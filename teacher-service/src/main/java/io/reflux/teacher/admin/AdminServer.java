package io.reflux.teacher.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BooleanSupplier;

/**
 * Answers {@code /metrics} for Prometheus, {@code /healthz} with 200 while the process runs, and {@code /readyz} with
 * 200 while students are welcome, else 503.
 */
public final class AdminServer {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final int IDLE_SECONDS = 60;

    private final HttpServer server;

    private AdminServer(HttpServer server) {
        this.server = server;
    }

    /**
     * Starts to listen.
     *
     * @param port 0: any free one
     * @param ready whether students are welcome
     */
    public static Future<AdminServer> listen(
            Vertx vertx, String host, int port, PrometheusMeterRegistry registry, BooleanSupplier ready) {
        Router router = Router.router(vertx);
        router.get("/metrics").handler(call -> scrape(vertx, registry, call));
        router.get("/healthz").handler(call -> answer(call, 200, "alive"));
        router.get("/readyz").handler(call -> {
            boolean welcome = ready.getAsBoolean();
            answer(call, welcome ? 200 : 503, welcome ? "ready" : "draining");
        });
        // Nobody needs HTTP/2 here, and clients that offer to change over to it, as Java's does, lost answers now and
        // then.
        HttpServerOptions options = new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setIdleTimeout(IDLE_SECONDS)
                .setHttp2ClearTextEnabled(false);
        return vertx.createHttpServer(options).requestHandler(router).listen().map(AdminServer::new);
    }

    private static void scrape(Vertx vertx, PrometheusMeterRegistry registry, RoutingContext call) {
        // Gauges take the batcher's lock, and a large scrape takes milliseconds: not on the event loop.
        vertx.executeBlocking(() -> registry.scrape(), false)
                .onSuccess(text -> call.response()
                        .putHeader("content-type", PROMETHEUS_TEXT)
                        .end(text))
                .onFailure(call::fail);
    }

    private static void answer(RoutingContext call, int status, String text) {
        call.response().setStatusCode(status).putHeader("content-type", TEXT).end(text + "\n");
    }

    /** The port that is listened on. */
    public int port() {
        return server.actualPort();
    }

    /** Stops to listen and closes the connections. */
    public Future<Void> close() {
        return server.close();
    }
}

package io.reflux.student.run;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.reflux.student.hook.StepHook;
import io.reflux.student.metrics.FleetMetrics;
import io.reflux.student.metrics.LiveHistory;
import io.reflux.student.metrics.StudentMetrics;
import io.reflux.student.metrics.StudentServer;
import io.reflux.student.source.CurrentSource;
import io.vertx.core.Vertx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The metrics of a run and, when a port is wanted, the server that shows them. */
final class MetricsPort implements AutoCloseable {
    private final StudentMetrics metrics;
    private final FleetMetrics fleet;
    private final LiveHistory history;
    private final @Nullable StudentServer server;

    private MetricsPort(
            StudentMetrics metrics, FleetMetrics fleet, LiveHistory history, @Nullable StudentServer server) {
        this.metrics = metrics;
        this.fleet = fleet;
        this.history = history;
        this.server = server;
    }

    static MetricsPort open(Vertx vertx, RunOptions options, String name, CurrentSource source) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        StudentMetrics metrics = new StudentMetrics(registry, source);
        FleetMetrics fleet = new FleetMetrics(registry);
        LiveHistory history = new LiveHistory(name, source, System::nanoTime);
        Integer port = options.metricsPort();
        StudentServer server =
                port == null ? null : StudentServer.start(vertx, options.metricsHost(), port, registry, history);
        if (server != null) {
            options.out().println("live page http://localhost:" + server.port() + "/, metrics at /metrics");
            options.metricsListening().accept(server.port());
        }
        return new MetricsPort(metrics, fleet, history, server);
    }

    List<StepHook> hooks() {
        return List.of(metrics, history);
    }

    /** Returns what watches fleets. */
    FleetMetrics fleet() {
        return fleet;
    }

    void compressionRatio(double ratio) {
        metrics.compressionRatio(ratio);
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}

package io.reflux.app.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.reflux.app.tool.Tool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What panels and alerts ask for is what a running teacher and student answer. */
final class MetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)[{ ]");

    @TempDir
    private static Path folder;

    private static RunningPair pair;

    @BeforeAll
    static void start() {
        pair = RunningPair.start(folder);
    }

    @AfterAll
    static void stop() {
        pair.close();
    }

    @Test
    void queries_ofPanelsAndAlerts_nameMetricsThatTheCodeHas() throws Exception {
        Set<String> asked = new HashSet<>();
        Dashboard.queries().forEach(query -> asked.addAll(Dashboard.metrics(query.expression())));
        Dashboard.alertExpressions().forEach(expression -> asked.addAll(Dashboard.metrics(expression)));
        assertThat(asked).hasSizeGreaterThan(20);

        Set<String> known = new HashSet<>();
        // A counter of calls exists when the first call has ended: the student's own Describe, before its first step.
        until(() -> {
            known.addAll(scrape(pair.teacherMetricsPort()));
            known.addAll(scrape(pair.studentMetricsPort()));
            return known.containsAll(asked);
        });
        assertThat(known).containsAll(asked);
    }

    @Test
    void panels_scrapedByARealPrometheus_haveData() throws Exception {
        Tool tool = Tool.require("prometheus");
        try (PrometheusProcess prometheus =
                PrometheusProcess.start(tool, folder, pair.teacherMetricsPort(), pair.studentMetricsPort())) {
            List<Dashboard.Query> empty = new ArrayList<>(Dashboard.queries());
            until(() -> {
                List<Dashboard.Query> answered = new ArrayList<>();
                for (Dashboard.Query query : empty) {
                    if (hasNumber(prometheus.query(query.resolved("10s")))) {
                        answered.add(query);
                    }
                }
                empty.removeAll(answered);
                return empty.isEmpty() || !prometheus.alive();
            });
            assertThat(prometheus.alive()).isTrue();
            assertThat(empty).isEmpty();
        }
    }

    private static boolean hasNumber(JsonNode vector) {
        for (JsonNode series : vector) {
            if (Double.isFinite(Double.parseDouble(series.path("value")
                    .path(1)
                    .asText()
                    .replace("+Inf", "Infinity")
                    .replace("-Inf", "-Infinity")))) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> scrape(int port) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
        String text = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        Set<String> names = new HashSet<>();
        Matcher matcher = SAMPLE.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    /** Asks again until the answer is yes or patience ends; the assertion after it says what is missing. */
    private static void until(Condition condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds() && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }
}

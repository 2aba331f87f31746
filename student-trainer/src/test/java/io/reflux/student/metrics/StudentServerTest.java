package io.reflux.student.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.StageStart;
import io.reflux.student.hook.StepHook;
import io.reflux.student.hook.StepRecord;
import io.reflux.student.source.CurrentSource;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StudentServerTest {
    private static Vertx vertx;
    private static StudentServer server;
    private static StudentMetrics metrics;
    private static LiveHistory history;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        CurrentSource source = new CurrentSource();
        metrics = new StudentMetrics(registry, source);
        history = new LiveHistory("tiny", source, System::nanoTime);
        server = StudentServer.start(vertx, "127.0.0.1", 0, registry, history);
        for (StepHook hook : List.of(metrics, history)) {
            hook.onStage(new StageStart(0, 1, "distil", 2, 2, 20, 0));
            hook.onStep(new StepRecord(
                    0,
                    0,
                    0,
                    10,
                    10,
                    2.0,
                    0.5,
                    1.5,
                    0,
                    5,
                    6,
                    true,
                    0.1,
                    true,
                    65536,
                    350_000_000,
                    50_000_000,
                    100_000_000,
                    500_000_000));
            hook.onStep(new StepRecord(
                    0,
                    0,
                    1,
                    10,
                    10,
                    1.0,
                    0.3,
                    0.7,
                    0,
                    7,
                    8,
                    true,
                    0.05,
                    false,
                    32768,
                    350_000_000,
                    50_000_000,
                    100_000_000,
                    500_000_000));
            hook.onEpoch(new EpochRecord(0, 0, 1.5, 0.4, 1.1, 0.6, 0.7, 0.8, 0.9, 0.05, 20, 1.0, 0.2));
        }
        metrics.compressionRatio(12.5);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Means over both steps: loss (2.0 + 1.0) / 2, accuracy (5 + 7) / 20, agreement (6 + 8) / 20.
                "reflux_student_loss{part=\"total\"} 1.5",
                "reflux_student_loss{part=\"soft\"} 0.4",
                "reflux_student_loss{part=\"hard\"} 1.1",
                "reflux_student_accuracy{split=\"train\"} 0.6",
                "reflux_student_accuracy{split=\"validation\"} 0.8",
                "reflux_student_validation_loss 0.9",
                "reflux_student_agreement 0.7",
                "reflux_student_waiting_ratio 0.2",
                "reflux_student_loading_ratio 0.1",
                "reflux_student_loss_scale 32768.0",
                "reflux_student_skipped_steps_total 1.0",
                "reflux_student_samples_total 20.0",
                "reflux_student_step_seconds_count 2",
                "reflux_student_step_seconds_sum 0.7",
                "reflux_student_compression_ratio 12.5",
                "reflux_student_epoch 1.0",
                "reflux_student_learning_rate 0.05",
                "reflux_student_source_state{state=\"connecting\"} 0.0",
                "reflux_student_source_state{state=\"streaming\"} 0.0",
                "reflux_student_source_state{state=\"waiting\"} 0.0",
                "reflux_student_source_state{state=\"reconnecting\"} 0.0",
                "reflux_student_source_state{state=\"closed\"} 0.0",
                "reflux_student_source_reconnects_total 0.0",
                "reflux_student_label_bytes_total 0.0",
            })
    void metrics_afterTwoSteps_showTheirMeans(String line) throws Exception {
        assertThat(get("/metrics").body().lines()).contains(line);
    }

    @Test
    void metrics_jvm_isThere() throws Exception {
        assertThat(get("/metrics").body()).contains("jvm_memory_used_bytes");
    }

    @Test
    void healthz_running_isOk() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void progress_afterAnEpoch_hasPointsAndHistory() throws Exception {
        JsonNode progress = new ObjectMapper().readTree(get("/progress.json").body());

        assertThat(progress.get("name").asText()).isEqualTo("tiny");
        assertThat(progress.get("step").asLong()).isEqualTo(2);
        assertThat(progress.get("steps").asLong()).isEqualTo(4);
        assertThat(progress.get("points")).hasSize(2);
        assertThat(progress.get("points").get(1).get("loss").asDouble()).isEqualTo(1.0);
        assertThat(progress.get("points").get(1).get("samplesPerSecond").asDouble())
                .isEqualTo(20.0);
        assertThat(progress.get("history").get(0).get("validationAccuracy").asDouble())
                .isEqualTo(0.8);
    }

    @Test
    void page_anywhere_loadsNothingFromOutside() throws Exception {
        HttpResponse<String> page = get("/");

        assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
        assertThat(page.body()).contains("progress.json").doesNotContain("http://", "https://", "src=", "@import");
    }

    @Test
    void start_portInUse_saysSo() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

        assertThatThrownBy(() -> StudentServer.start(vertx, "127.0.0.1", server.port(), registry, history)
                        .close())
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.RESOURCE))
                .hasMessageStartingWith("metrics port: " + server.port() + " cannot be used: ");
    }
}

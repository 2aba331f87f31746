package io.reflux.app.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reflux.app.tool.Tool;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real Prometheus on loopback, scraping several times a second. */
final class PrometheusProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private static final String CONFIGURATION = """
            global: {scrape_interval: 500ms, scrape_timeout: 500ms}
            scrape_configs:
              - job_name: reflux-teacher
                static_configs: [{targets: ["127.0.0.1:%d"]}]
              - job_name: reflux-student
                static_configs: [{targets: ["127.0.0.1:%d"]}]
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final Process process;

    private PrometheusProcess(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    static PrometheusProcess start(Tool prometheus, Path folder, int teacherPort, int studentPort) throws IOException {
        Files.writeString(folder.resolve("prometheus.yml"), CONFIGURATION.formatted(teacherPort, studentPort));
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process process = prometheus
                .builder(
                        folder,
                        "--config.file=prometheus.yml",
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        return new PrometheusProcess(port, process);
    }

    /** Answers a query now; an empty array also while Prometheus is not up yet. */
    JsonNode query(String expression) throws IOException, InterruptedException {
        String encoded = URLEncoder.encode(expression, StandardCharsets.UTF_8);
        URI uri = URI.create("http://127.0.0.1:" + port + "/api/v1/query?query=" + encoded);
        try {
            HttpResponse<String> response =
                    http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            JsonNode answer = new ObjectMapper()
                    .readTree(response.statusCode() == 503 ? "{\"status\": \"success\"}" : response.body());
            if (!answer.path("status").asText().equals("success")) {
                throw new IOException(expression + ": " + response.body());
            }
            return answer.path("data").path("result");
        } catch (ConnectException e) {
            return new ObjectMapper().createArrayNode();
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
}

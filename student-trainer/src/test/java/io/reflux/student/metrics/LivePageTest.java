package io.reflux.student.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.StageStart;
import io.reflux.student.hook.StepRecord;
import io.reflux.student.source.CurrentSource;
import io.vertx.core.Vertx;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The live page in a real browser. */
final class LivePageTest {
    private static final long PATIENCE_SECONDS = 120;

    @Test
    void page_inABrowser_drawsItsChartsFromTheProgress() throws Exception {
        Path chromium = chromium();
        AtomicLong clock = new AtomicLong();
        LiveHistory history = new LiveHistory("drawn", new CurrentSource(), clock::get);
        Vertx vertx = Vertx.vertx();
        try (StudentServer server = StudentServer.start(
                vertx, "127.0.0.1", 0, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), history)) {
            run(history, clock);

            String page = dom(chromium, "http://127.0.0.1:" + server.port() + "/");

            assertThat(page).contains("<h1 id=\"name\">drawn</h1>");
            // 8 of 16 steps took 8 s.
            assertThat(page).contains("distil, epoch 2 of 4, step 8 of 16, 8 s left");
            // Loss, accuracy twice, agreement, waiting, samples, learning rate.
            assertThat(Pattern.compile("class=\"curve (one|two)\"")
                            .matcher(page)
                            .results())
                    .hasSize(7);
            assertThat(page).contains("<output>80.00 %</output>", "time since the run began");
            // e^0.8 = 2.2255.
            assertThat(page).contains("<td>90.00 %</td><td>0.8 (2.226)</td>");
        } finally {
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }

    /** Two of four epochs, of four steps of a second. */
    private static void run(LiveHistory history, AtomicLong clock) {
        history.onStage(new StageStart(0, 1, "distil", 4, 4, 40, 0));
        for (int i = 0; i < 8; i++) {
            clock.addAndGet(1_000_000_000L);
            history.onStep(new StepRecord(
                    0,
                    i / 4,
                    i,
                    10,
                    10,
                    2.0 / (i + 1),
                    0.5,
                    1.5,
                    0,
                    i + 1,
                    6,
                    true,
                    0.1,
                    false,
                    1,
                    900_000_000,
                    0,
                    50_000_000,
                    1_000_000_000));
            if (i % 4 == 3) {
                history.onEpoch(new EpochRecord(0, i / 4, 1.5, 0.4, 1.1, 0.6, 0.7, 0.9, 0.8, 0.05, 40, 4.0, 0.2));
            }
        }
    }

    private static String dom(Path chromium, String url) throws IOException, InterruptedException {
        // Among what a clean build removes: the browser's processes may still write there when it has ended.
        Path profile = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "chromium");
        Path out = profile.resolve("dom.html");
        Process browser = new ProcessBuilder(
                        chromium.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--user-data-dir=" + profile.toAbsolutePath(),
                        "--virtual-time-budget=3000",
                        "--dump-dom",
                        url)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(browser.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            browser.destroyForcibly();
        }
        return Files.readString(out, StandardCharsets.UTF_8);
    }

    private static Path chromium() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(folder -> List.of("chromium", "chromium-browser", "google-chrome").stream()
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(() -> abort("no Chromium on the PATH: the live page is not looked at"));
    }
}

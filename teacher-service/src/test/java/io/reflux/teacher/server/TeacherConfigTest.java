package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.teacher.label.LabelLimits;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TeacherConfigTest {

    private static TeacherConfig.Builder config() {
        return TeacherConfig.builder(Path.of("teacher.onnx"));
    }

    @Test
    void defaults_areLoopback_anyPorts_andTwoThreads() {
        TeacherConfig config = config().build();
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.grpcPort()).isZero();
        assertThat(config.metricsPort()).isZero();
        assertThat(config.threads()).isEqualTo(2);
        assertThat(config.dataSets()).isEmpty();
        assertThat(config.limits()).isEqualTo(LabelLimits.DEFAULT);
    }

    @Test
    void settings_outOfRange_areRefused() {
        expect(config().address("h", 70_000, 0), "grpcPort: 70000 (expected: 0..65535)");
        expect(config().address("h", 0, -1), "metricsPort: -1 (expected: 0..65535)");
        expect(config().address("h", 7070, 7070), "metricsPort: 7070 (expected: another one than grpcPort)");
        expect(config().address(" ", 0, 0), "host: empty (expected: an address)");
        expect(config().batching(0, Duration.ZERO, 1), "maxBatchSamples: 0 (expected: 1..65536)");
        expect(config().batching(1, Duration.ZERO, 0), "threads: 0 (expected: 1..256)");
        expect(config().watchInterval(Duration.ofMillis(-1)), "watchInterval: PT-0.001S (expected: >= 0)");
        expect(config().latencyGoal(Duration.ZERO), "latencyGoal: PT0S (expected: above 0, at most PT1H)");
        expect(config().latencyGoal(Duration.ofHours(2)), "latencyGoal: PT2H (expected: above 0, at most PT1H)");
        expect(config().batching(1, Duration.ofMinutes(1), 1), "batchWindow: PT1M (expected: PT0S to PT10S)");
        expect(config().drainTimeout(Duration.ofSeconds(-1)), "drainTimeout: PT-1S (expected: >= 0)");
        expect(config().pingInterval(Duration.ZERO), "pingInterval: PT0S (expected: >= 1 ms)");
    }

    @Test
    void limits_outOfRange_areRefused() {
        assertThatThrownBy(() -> new LabelLimits(10, 1, 1, 1, 1, 1, Duration.ofSeconds(1)))
                .hasMessage("maxMessageBytes: 10 (expected: >= 1024)");
        assertThatThrownBy(() -> new LabelLimits(1024, 1, 0, 1, 1, 1, Duration.ofSeconds(1)))
                .hasMessage("maxBatchesInFlight: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new LabelLimits(1024, 1, 1, 1, 1, 1, Duration.ZERO))
                .hasMessage("openTimeout: PT0S (expected: >= 1 ms)");
    }

    private static void expect(TeacherConfig.Builder config, String message) {
        assertThatThrownBy(config::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}

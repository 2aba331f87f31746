package io.reflux.app.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.app.tool.Tool;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class PrometheusFilesTest {
    private static final Path FOLDER = Path.of(System.getProperty("reflux.root"), "dashboards", "prometheus");

    @Test
    void configuration_checked_isValidWithItsRules() throws Exception {
        assertThat(Tool.require("promtool")
                        .run(FOLDER, "check", "config", "--lint=all", "--lint-fatal", "prometheus.yml"))
                .contains("4 rules found");
    }

    @Test
    void rules_tested_fireAndResolveWhenTheyShould() throws Exception {
        assertThat(Tool.require("promtool").run(FOLDER, "test", "rules", "reflux_test.yml"))
                .contains("SUCCESS");
    }
}

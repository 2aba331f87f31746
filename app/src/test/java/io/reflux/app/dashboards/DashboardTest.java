package io.reflux.app.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DashboardTest {
    @Test
    void dashboard_read_isOfAModernSchemaAndHasItsUid() throws IOException {
        assertThat(Dashboard.json().path("schemaVersion").asInt()).isGreaterThanOrEqualTo(39);
        assertThat(Dashboard.json().path("uid").asText()).isEqualTo("reflux");
    }

    @ParameterizedTest
    @MethodSource("io.reflux.app.dashboards.Dashboard#panels")
    void panel_each_hasTitleDescriptionUnitAndQueries(JsonNode panel) {
        assertThat(panel.path("title").asText()).isNotBlank();
        assertThat(panel.path("description").asText()).endsWith(".").hasSizeGreaterThan(30);
        assertThat(panel.path("fieldConfig").path("defaults").path("unit").asText())
                .isNotBlank();
        assertThat(panel.path("targets")).isNotEmpty();
        panel.path("targets").forEach(target -> {
            assertThat(Dashboard.metrics(target.path("expr").asText())).isNotEmpty();
            assertThat(target.path("legendFormat").asText()).isNotBlank();
        });
    }

    @Test
    void panels_all_coverWhatTheJobIsWatchedBy() throws IOException {
        assertThat(Dashboard.panels())
                .extracting(panel -> panel.path("title").asText())
                .contains(
                        "Loss",
                        "Accuracy",
                        "Agreement",
                        "Waiting for labels and samples",
                        "Student throughput",
                        "Compression ratio",
                        "Batch size",
                        "Queue time");
    }

    @Test
    void panels_placed_doNotOverlapAndHaveTheirOwnIds() throws IOException {
        Set<List<Integer>> cells = new HashSet<>();
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : Dashboard.panels()) {
            assertThat(ids.add(panel.path("id").asInt()))
                    .as(panel.path("title").asText())
                    .isTrue();
            JsonNode at = panel.path("gridPos");
            for (int x = 0; x < at.path("w").asInt(); x++) {
                for (int y = 0; y < at.path("h").asInt(); y++) {
                    assertThat(cells.add(List.of(
                                    at.path("x").asInt() + x, at.path("y").asInt() + y)))
                            .as(panel.path("title").asText())
                            .isTrue();
                }
            }
            assertThat(at.path("x").asInt() + at.path("w").asInt()).isLessThanOrEqualTo(24);
        }
    }
}

package io.reflux.app.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files under {@code dashboards/}, read. */
final class Dashboard {
    private static final Path FOLDER = Path.of(System.getProperty("reflux.root"), "dashboards");

    /** Functions, keywords and labels aside, a metric's name has an underscore. */
    private static final Pattern METRIC = Pattern.compile("\\b(?:reflux|jvm|process|vertx)_[a-z0-9_]+\\b");

    private Dashboard() {}

    /** Query of a panel. */
    record Query(String panel, String expression) {
        /** The query as Prometheus takes it, with Grafana's variables filled in. */
        String resolved(String interval) {
            return expression.replace("$__rate_interval", interval).replace("$instance", ".*");
        }

        @Override
        public String toString() {
            return panel + ": " + expression;
        }
    }

    static JsonNode json() throws IOException {
        return new ObjectMapper()
                .readTree(FOLDER.resolve("grafana/dashboards/reflux.json").toFile());
    }

    static List<JsonNode> panels() throws IOException {
        List<JsonNode> panels = new ArrayList<>();
        json().path("panels").forEach(panel -> {
            if (!panel.path("type").asText().equals("row")) {
                panels.add(panel);
            }
        });
        return panels;
    }

    static List<Query> queries() throws IOException {
        List<Query> queries = new ArrayList<>();
        for (JsonNode panel : panels()) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(new Query(
                        panel.path("title").asText(), target.path("expr").asText()));
            }
        }
        return queries;
    }

    static List<String> alertExpressions() throws IOException {
        JsonNode rules = new ObjectMapper(new YAMLFactory())
                .readTree(FOLDER.resolve("prometheus/rules/reflux.yml").toFile());
        return rules.path("groups").findValuesAsText("expr");
    }

    static Set<String> metrics(String expression) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = METRIC.matcher(expression);
        while (matcher.find()) {
            names.add(matcher.group());
        }
        return names;
    }
}

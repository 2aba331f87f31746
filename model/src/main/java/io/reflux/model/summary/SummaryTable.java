package io.reflux.model.summary;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lays a summary out in columns: text to the left, numbers to the right. */
final class SummaryTable {

    private static final int TEXT_COLUMNS = 3;

    private SummaryTable() {}

    static String of(ModelSummary summary) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("layer", "operator", "output", "parameters", "bytes", "MACs"));
        for (LayerSummary layer : summary.layers()) {
            rows.add(row(
                    layer.name(),
                    layer.operator(),
                    String.join("x", layer.outputSizes()),
                    layer.parameters(),
                    layer.parameterBytes(),
                    layer.multiplyAccumulates()));
        }
        rows.add(row("total", "", "", summary.parameters(), summary.parameterBytes(), summary.multiplyAccumulates()));
        int[] widths = widths(rows);
        String body = rows.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
        return body + "\n" + footer(summary);
    }

    private static String footer(ModelSummary summary) {
        String buffers = summary.buffers() == 0 ? "" : ", " + grouped(summary.buffers()) + " running statistics";
        return "file " + grouped(summary.fileBytes()) + " bytes, operator set " + summary.opset() + buffers
                + "\nsha256 " + summary.digest();
    }

    private static List<String> row(
            String name, String operator, String shape, long parameters, long bytes, long multiplyAccumulates) {
        return List.of(name, operator, shape, grouped(parameters), grouped(bytes), grouped(multiplyAccumulates));
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static int[] widths(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return widths;
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - row.get(i).length());
            line.append(i == 0 ? "" : "  ").append(i < TEXT_COLUMNS ? row.get(i) + padding : padding + row.get(i));
        }
        return line.toString().stripTrailing();
    }
}

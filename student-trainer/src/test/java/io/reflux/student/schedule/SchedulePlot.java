package io.reflux.student.schedule;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Draws schedules as one picture, a panel each: the rate as a part of its peak, over the share of the steps. */
final class SchedulePlot {
    private static final int STEPS = 200;
    private static final int COLUMNS = 3;
    private static final int WIDTH = 240;
    private static final int HEIGHT = 150;
    private static final int MARGIN = 24;

    private final Map<String, LearningRateSchedule> panels = new LinkedHashMap<>();

    /** The schedules of docs/schedules.md, of 200 steps. */
    static SchedulePlot ofAll() {
        SchedulePlot plot = new SchedulePlot();
        plot.panels.put("constant", new LearningRateSchedule.Constant(1));
        plot.panels.put("step", new LearningRateSchedule.Step(1, 0.3, STEPS / 4));
        plot.panels.put("cosine", new LearningRateSchedule.Cosine(1, 0, STEPS));
        plot.panels.put("linear", new LearningRateSchedule.Linear(1, 0, STEPS));
        plot.panels.put("exponential", new LearningRateSchedule.Exponential(1, 0.01, STEPS));
        plot.panels.put("one-cycle", new LearningRateSchedule.OneCycle(0.04, 1, 0, 3 * STEPS / 10, STEPS));
        long warmUp = STEPS / 10;
        plot.panels.put(
                "cosine, warmed up",
                new LearningRateSchedule.WarmUp(warmUp, new LearningRateSchedule.Cosine(1, 0, STEPS - warmUp)));
        plot.panels.put(
                "linear to a tenth, warmed up",
                new LearningRateSchedule.WarmUp(warmUp, new LearningRateSchedule.Linear(1, 0.1, STEPS - warmUp)));
        plot.panels.put(
                "constant, warmed up", new LearningRateSchedule.WarmUp(warmUp, new LearningRateSchedule.Constant(1)));
        return plot;
    }

    /** The picture as text. */
    String svg() {
        int rows = (panels.size() + COLUMNS - 1) / COLUMNS;
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\"%n"
                .formatted(COLUMNS * WIDTH, rows * HEIGHT)
                .stripTrailing());
        svg.append(" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        int index = 0;
        for (Map.Entry<String, LearningRateSchedule> panel : panels.entrySet()) {
            int x = index % COLUMNS * WIDTH + MARGIN;
            int y = index / COLUMNS * HEIGHT + MARGIN;
            panel(svg, panel.getKey(), panel.getValue(), x, y);
            index++;
        }
        return svg.append("</svg>\n").toString();
    }

    private static void panel(StringBuilder svg, String title, LearningRateSchedule schedule, int x, int y) {
        int width = WIDTH - 2 * MARGIN;
        int height = HEIGHT - 2 * MARGIN;
        svg.append("<text x=\"").append(x).append("\" y=\"").append(y - 7).append("\">");
        svg.append(title).append("</text>\n");
        svg.append("<path d=\"M")
                .append(x)
                .append(' ')
                .append(y)
                .append('v')
                .append(height)
                .append('h');
        svg.append(width).append("\" fill=\"none\" stroke=\"#999\"/>\n<polyline fill=\"none\" stroke=\"#1f6feb\"");
        svg.append(" stroke-width=\"2\" points=\"");
        for (int step = 0; step <= STEPS; step++) {
            double across = x + (double) step / STEPS * width;
            double down = y + (1 - schedule.rate(step)) * height;
            svg.append(step == 0 ? "" : " ").append(String.format(Locale.ROOT, "%.1f,%.1f", across, down));
        }
        svg.append("\"/>\n");
    }
}

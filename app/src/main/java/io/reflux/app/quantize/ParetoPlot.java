package io.reflux.app.quantize;

import io.reflux.app.console.ByteSize;
import io.reflux.quantization.plan.MeasuredPlan;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Draws what plans lose over what they take: divergence, on a logarithmic axis, over bytes. The line joins the plans that lose
 * least; dots are networks with the same bits everywhere; the ring is the plan that was chosen.
 */
final class ParetoPlot {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int LEFT = 80;
    private static final int RIGHT = 48;
    private static final int TOP = 40;
    private static final int BOTTOM = 48;
    private static final int TICKS = 5;

    /** Less than that is nothing, which a logarithm cannot show. */
    private static final double LEAST = 1e-9;

    private final StringBuilder svg = new StringBuilder();
    private final double leastBytes;
    private final double mostBytes;
    private final int leastDecade;
    private final int mostDecade;

    private ParetoPlot(List<MeasuredPlan> all) {
        double least = all.stream().mapToLong(MeasuredPlan::bytes).min().orElse(0);
        double most = all.stream().mapToLong(MeasuredPlan::bytes).max().orElse(1);
        double margin = Math.max(1, 0.05 * (most - least));
        this.leastBytes = Math.max(0, least - margin);
        this.mostBytes = most + margin;
        double lowest = all.stream().mapToDouble(ParetoPlot::loss).min().orElse(LEAST);
        double highest = all.stream().mapToDouble(ParetoPlot::loss).max().orElse(1);
        this.leastDecade = (int) Math.floor(Math.log10(lowest));
        this.mostDecade = Math.max(leastDecade + 1, (int) Math.ceil(Math.log10(highest)));
    }

    /**
     * The picture as text.
     *
     * @param front plans that lose least, by rising bytes
     * @param uniform plans with the same bits everywhere, by what to call them
     * @param chosen the plan that was chosen
     */
    static String svg(String title, List<MeasuredPlan> front, Map<String, MeasuredPlan> uniform, MeasuredPlan chosen) {
        List<MeasuredPlan> all = Stream.of(front, uniform.values(), List.of(chosen))
                .flatMap(plans -> plans.stream())
                .toList();
        return new ParetoPlot(all).draw(title, front, uniform, chosen);
    }

    private String draw(
            String title, List<MeasuredPlan> front, Map<String, MeasuredPlan> uniform, MeasuredPlan chosen) {
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + HEIGHT
                        + "\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        text(LEFT, TOP - 18, "start", title);
        axes();
        svg.append("<polyline fill=\"none\" stroke=\"#1f6feb\" stroke-width=\"2\" points=\"");
        front.forEach(plan -> svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(plan), y(plan))));
        svg.append("\"/>\n");
        front.forEach(plan -> circle(plan, 3, "fill=\"#1f6feb\"", ""));
        uniform.forEach((name, plan) -> {
            circle(plan, 5, "fill=\"#d1242f\"", name);
            text(x(plan) + 8, y(plan) - 6, "start", name);
        });
        circle(chosen, 8, "fill=\"none\" stroke=\"#1a7f37\" stroke-width=\"3\"", "chosen");
        text(x(chosen) + 12, y(chosen) + 14, "start", "chosen");
        return svg.append("</svg>\n").toString();
    }

    private void axes() {
        svg.append("<path d=\"M" + LEFT + " " + TOP + "V" + (HEIGHT - BOTTOM) + "H" + (WIDTH - RIGHT)
                + "\" fill=\"none\" stroke=\"#666\"/>\n");
        for (int decade = leastDecade; decade <= mostDecade; decade++) {
            double y = y(decade);
            svg.append(
                    String.format(Locale.ROOT, "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>%n", LEFT, y, WIDTH - RIGHT));
            text(LEFT - 6, y + 4, "end", "1e" + decade);
        }
        double step = roundStep((mostBytes - leastBytes) / TICKS);
        for (double bytes = Math.ceil(leastBytes / step) * step; bytes <= mostBytes; bytes += step) {
            svg.append(String.format(
                    Locale.ROOT, "<path d=\"M%.1f %dv5\" stroke=\"#666\"/>%n", x(bytes), HEIGHT - BOTTOM));
            text(x(bytes), HEIGHT - BOTTOM + 18, "middle", ByteSize.text(Math.round(bytes)));
        }
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", "bytes of the file");
        svg.append("<text x=\"16\" y=\"" + (HEIGHT - BOTTOM + TOP) / 2
                + "\" text-anchor=\"middle\" transform=\"rotate(-90 16 " + (HEIGHT - BOTTOM + TOP) / 2
                + ")\">KL from the network in floats, nats</text>\n");
    }

    /** The least of 1, 2 and 5 times a power of ten that is no less. */
    private static double roundStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        return Stream.of(1, 2, 5, 10)
                .map(factor -> factor * power)
                .filter(step -> step >= least)
                .findFirst()
                .orElse(10 * power);
    }

    private void circle(MeasuredPlan plan, int radius, String style, String name) {
        svg.append(String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" %s><title>%s %,d bytes, %.3g nats, %.2f bits</title></circle>%n",
                x(plan),
                y(plan),
                radius,
                style,
                escaped(name),
                plan.bytes(),
                plan.divergence(),
                plan.plan().averageBits()));
    }

    private void text(double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                escaped(text)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static double loss(MeasuredPlan plan) {
        return Math.max(LEAST, plan.divergence());
    }

    private double x(MeasuredPlan plan) {
        return x((double) plan.bytes());
    }

    private double x(double bytes) {
        return LEFT + (bytes - leastBytes) / (mostBytes - leastBytes) * (WIDTH - LEFT - RIGHT);
    }

    private double y(MeasuredPlan plan) {
        return y(Math.log10(loss(plan)));
    }

    private double y(double decade) {
        return HEIGHT - BOTTOM - (decade - leastDecade) / (mostDecade - leastDecade) * (HEIGHT - TOP - BOTTOM);
    }
}

package io.reflux.app.quantize;

import io.reflux.app.console.TextTable;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.plan.LayerOption;
import io.reflux.quantization.plan.LayerProfile;
import io.reflux.quantization.plan.MeasuredPlan;
import io.reflux.quantization.plan.NetworkProfile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A plan for people: a row for each layer, then what the network takes and loses beside those of the same bits everywhere. */
final class PlanTable {

    private PlanTable() {}

    static void print(PrintWriter out, PlanResult result, Path file, Path picture) {
        NetworkProfile profile = result.chosen().plan().profile();
        TextTable layers = new TextTable("layer", "elements", "bits", "bytes", profile.metric());
        for (LayerProfile layer : profile.layers()) {
            LayerBits bits = result.chosen().plan().bits().get(layer.name());
            LayerOption option = layer.option(bits).orElseThrow();
            layers.row(
                    layer.name(),
                    String.format(Locale.ROOT, "%,d", layer.elements()),
                    bits(bits),
                    String.format(Locale.ROOT, "%,d", option.bytes()),
                    String.format(Locale.ROOT, "%.3g", option.sensitivity()));
        }
        layers.lines().forEach(out::println);
        out.println();
        TextTable networks = new TextTable("network", "bytes", "ratio", "bits on average", "KL, nats");
        row(networks, "plan", result.chosen());
        result.uniform().forEach((name, plan) -> row(networks, name + " everywhere", plan));
        networks.lines().forEach(out::println);
        out.println();
        out.println("plan " + file + ", picture " + picture);
    }

    private static void row(TextTable table, String name, MeasuredPlan plan) {
        table.row(
                name,
                String.format(Locale.ROOT, "%,d", plan.bytes()),
                String.format(
                        Locale.ROOT,
                        "%.3f",
                        (double) plan.bytes() / plan.plan().profile().floatBytes()),
                String.format(Locale.ROOT, "%.2f", plan.plan().averageBits()),
                String.format(Locale.ROOT, "%.4g", plan.divergence()));
    }

    /** {@code w4a8}, {@code w4} or {@code float}. */
    static String bits(LayerBits bits) {
        return bits.isFloat()
                ? "float"
                : "w" + bits.weights() + (bits.activations() == 0 ? "" : "a" + bits.activations());
    }

    /** The same for scripts. */
    static Map<String, Object> json(PlanResult result, Path file, Path picture) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("plan", file.toString());
        json.put("picture", picture.toString());
        json.put("chosen", network(result.chosen()));
        json.put("layers", result.chosen().plan().bits());
        Map<String, Object> uniform = new LinkedHashMap<>();
        result.uniform().forEach((name, plan) -> uniform.put(name, network(plan)));
        json.put("uniform", uniform);
        List<Object> front = new ArrayList<>();
        result.front().forEach(plan -> front.add(network(plan)));
        json.put("front", front);
        return json;
    }

    private static Map<String, Object> network(MeasuredPlan plan) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("bytes", plan.bytes());
        json.put("averageBits", plan.plan().averageBits());
        json.put("divergence", plan.divergence());
        return json;
    }
}

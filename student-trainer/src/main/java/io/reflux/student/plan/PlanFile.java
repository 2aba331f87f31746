package io.reflux.student.plan;

import io.reflux.model.file.WholeFile;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.plan.BitPlan;
import io.reflux.quantization.plan.NetworkDigest;
import io.reflux.quantization.plan.NetworkProfile;
import io.reflux.quantization.target.Target;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.yaml.KeyDistance;
import io.reflux.student.yaml.StrictYaml;
import io.reflux.student.yaml.StrictYaml.Document;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads and writes plans. What is wrong is said in one line: {@code plan.yaml:9: layers[0].name: conv9 (expected: conv1?)}. */
public final class PlanFile {
    private static final StrictYaml<PlanContent> PLANS = StrictYaml.of(PlanContent.class, "a plan of bits", Set.of());

    private PlanFile() {}

    /**
     * Reads a plan for a network.
     *
     * @param file a YAML file in UTF-8
     * @param graph the network, with any weights
     * @throws TrainingFailure with code RECIPE when the file cannot be read or is no valid plan, is one of another network,
     *     names a layer that this one does not have or leaves one out, or has bits that the target has no integers of
     */
    public static BitPlan read(Path file, ModelGraph graph) {
        return checked(PLANS.read(file), graph);
    }

    /** As {@link #read}, from a text. */
    static BitPlan parse(String text, String source, ModelGraph graph) {
        return checked(PLANS.parse(text, source), graph);
    }

    private static BitPlan checked(Document<PlanContent> document, ModelGraph graph) {
        PlanContent content = document.value();
        Target target = target(document);
        Set<String> names = new TreeSet<>(NetworkDigest.layers(graph));
        Set<String> missing = new TreeSet<>(names);
        for (int i = 0; i < content.layers().size(); i++) {
            PlanContent.Layer layer = content.layers().get(i);
            String path = "layers[" + i + "]";
            requireKnown(document, path + ".name", layer.name(), names, missing);
            for (int j = 0; j < layer.sharing().size(); j++) {
                requireKnown(
                        document, path + ".sharing[" + j + "]", layer.sharing().get(j), names, missing);
            }
            requireBits(document, path, layer, target);
        }
        String network = NetworkDigest.of(graph);
        if (!content.network().equals(network)) {
            throw document.failure(
                    "network", content.network() + " (expected: " + network + ", that of " + graph.source() + ")");
        }
        if (!missing.isEmpty()) {
            throw document.failure(
                    "layers", missing.iterator().next() + " is not among them (expected: every layer of the network)");
        }
        return plan(content);
    }

    private static Target target(Document<PlanContent> document) {
        try {
            return Target.of(document.value().target());
        } catch (ModelException e) {
            throw document.failure("target", withoutKey(e));
        }
    }

    private static void requireKnown(
            Document<PlanContent> document, String path, String name, Set<String> names, Set<String> missing) {
        if (!names.contains(name)) {
            String nearest =
                    KeyDistance.nearest(name, names).map(near -> near + "?").orElse("none: it has no layers");
            throw document.failure(path, name + " (expected: " + nearest + ")");
        }
        if (!missing.remove(name)) {
            throw document.failure(path, name + " (expected: a layer that is not named above)");
        }
    }

    private static void requireBits(
            Document<PlanContent> document, String path, PlanContent.Layer layer, Target target) {
        LayerBits bits = layer.bits();
        if (bits.isFloat()) {
            return;
        }
        try {
            target.weights(bits.weights());
        } catch (ModelException e) {
            throw document.failure(path + ".weightBits", withoutKey(e));
        }
        try {
            if (bits.activations() != 0) {
                target.activations(bits.activations());
            }
        } catch (ModelException e) {
            throw document.failure(path + ".activationBits", withoutKey(e));
        }
    }

    private static String withoutKey(ModelException e) {
        String message = String.valueOf(e.getMessage());
        return message.substring(message.indexOf(": ") + 2);
    }

    private static BitPlan plan(PlanContent content) {
        PlanContent.Measured measured = content.measured();
        NetworkProfile profile = new NetworkProfile(
                content.network(),
                measured.model(),
                content.target(),
                measured.metric(),
                measured.samples(),
                measured.floatBytes(),
                measured.otherBytes(),
                measured.milliseconds(),
                content.layers().stream().map(PlanContent.Layer::profile).toList());
        Map<String, LayerBits> bits = new LinkedHashMap<>();
        content.layers().forEach(layer -> bits.put(layer.name(), layer.bits()));
        return new BitPlan(profile, bits);
    }

    /**
     * Writes a plan, whole or not at all.
     *
     * @param comments lines that say how it was made
     * @throws TrainingFailure with code RESOURCE when the file cannot be written
     */
    public static void write(BitPlan plan, List<String> comments, Path file) {
        try {
            WholeFile.write(file, PlanText.of(plan, comments));
        } catch (IOException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE,
                    file + ": not writable: " + WholeFile.reason(e) + " (expected: a file in a folder)",
                    e);
        }
    }
}

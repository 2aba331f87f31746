package io.reflux.quantization.placement;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;
import io.reflux.quantization.target.OperatorPart;
import io.reflux.quantization.target.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the places: what layers read; what layers give where they run in integers only then; and what the operators
 * between two layers give where all that they read is quantised. Outputs of the graph, and what is only moved into one,
 * stay floats.
 */
final class Placer {

    private final ModelGraph graph;
    private final Target target;
    private final WeightGroups groups;
    private final GraphLinks links;
    private final Map<String, LayerBits> layers = new LinkedHashMap<>();
    /** Values to be quantised, with the fewest bits that a reader wants; 8 where none does. */
    private final Map<String, Integer> wanted = new HashMap<>();
    /** Values that reach a layer through nodes that run in integers. */
    private final Set<String> useful = new HashSet<>();

    private final Map<String, String> movedFrom = new HashMap<>();

    Placer(ModelGraph graph, Target target, Function<GraphNode, LayerBits> bits, WeightGroups groups) {
        this.graph = graph;
        this.target = target;
        this.groups = groups;
        this.links = GraphLinks.of(graph);
        for (GraphNode node : graph.nodes()) {
            boolean quantizable = Layers.isQuantizable(graph, links, node) && !isConstant(node.input(0));
            LayerBits chosen = quantizable ? bits.apply(node) : LayerBits.FLOAT;
            if (!chosen.isFloat()) {
                target.weights(chosen.weights());
                if (chosen.activations() > 0) {
                    target.activations(chosen.activations());
                }
                layers.put(node.name(), chosen);
            }
        }
    }

    Placement place() {
        findUseful();
        for (GraphNode node : graph.nodes()) {
            LayerBits bits = layers.get(node.name());
            if (bits != null && bits.activations() > 0) {
                want(node.input(0), bits.activations());
            }
        }
        for (GraphNode node : graph.nodes()) {
            switch (target.part(node)) {
                case CLOSED_PRODUCT -> {
                    if (readsIntegers(node)) {
                        wantOutput(bounded(node.output(0)));
                    }
                }
                case ARITHMETIC -> {
                    if (readsQuantized(node) && useful.contains(node.output(0))) {
                        wantOutput(bounded(node.output(0)));
                    }
                }
                case MOVE -> {
                    if (isQuantized(node.input(0)) && useful.contains(node.output(0))) {
                        wantOutput(node.output(0));
                        if (wanted.containsKey(node.output(0))) {
                            movedFrom.put(node.output(0), root(node.input(0)));
                        }
                    }
                }
                default -> {
                    // Nothing of its own is quantised.
                }
            }
        }
        return new Placement(activations(), weights(), List.copyOf(layers.keySet()));
    }

    private boolean readsIntegers(GraphNode node) {
        return layers.getOrDefault(node.name(), LayerBits.FLOAT).activations() > 0;
    }

    /** Walks backwards from the layers. */
    private void findUseful() {
        List<GraphNode> nodes = graph.nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            GraphNode node = nodes.get(i);
            OperatorPart part = target.part(node);
            boolean passes = part != OperatorPart.FLOAT
                    && part != OperatorPart.PRODUCT
                    && part != OperatorPart.CLOSED_PRODUCT
                    && useful.contains(node.output(0));
            if (readsIntegers(node)) {
                useful.add(node.input(0));
            } else if (passes) {
                useful.addAll(node.inputs());
            }
        }
    }

    /** The value that is quantised in the place of this one: what a node that does nothing in evaluation reads. */
    private String root(String value) {
        String root = value;
        for (GraphNode producer = links.producer(root).orElse(null);
                producer != null && target.part(producer) == OperatorPart.NOTHING;
                producer = links.producer(root).orElse(null)) {
            root = producer.input(0);
        }
        return root;
    }

    /** What is left of a value behind the Relu or Clip that alone reads it. */
    private String bounded(String value) {
        if (links.readOnlyOnce(value)) {
            GraphNode reader = links.readers(value).get(0);
            if (target.part(reader) == OperatorPart.BOUND && hasConstantBounds(reader)) {
                return reader.output(0);
            }
        }
        return value;
    }

    private boolean hasConstantBounds(GraphNode bound) {
        return bound.inputs().stream()
                .skip(1)
                .allMatch(input -> input.isEmpty() || graph.constant(input).isPresent());
    }

    private void want(String value, int bits) {
        String root = root(value);
        if (!isConstant(root) && !isDequantized(root) && !hasPair(root)) {
            wanted.merge(root, bits, Math::min);
        }
    }

    /** A value that is an output of the graph is not quantised: its readers would get a value of another name. */
    private void wantOutput(String value) {
        if (!links.isOutput(value) && !hasPair(value) && (useful.contains(value) || !endsInOutput(value))) {
            wanted.putIfAbsent(value, 8);
        }
    }

    private boolean endsInOutput(String value) {
        return links.isOutput(value)
                || links.readers(value).stream()
                        .anyMatch(reader -> (target.part(reader) == OperatorPart.MOVE
                                        || target.part(reader) == OperatorPart.NOTHING)
                                && reader.outputs().stream().anyMatch(this::endsInOutput));
    }

    private boolean readsQuantized(GraphNode node) {
        return node.inputs().stream().allMatch(this::isQuantized);
    }

    private boolean isQuantized(String value) {
        String root = root(value);
        return wanted.containsKey(root) || isDequantized(root);
    }

    private boolean isDequantized(String value) {
        return links.producer(value)
                .filter(node -> node.operator().equals("DequantizeLinear"))
                .isPresent();
    }

    private boolean hasPair(String value) {
        return links.readers(value).stream()
                .anyMatch(reader -> reader.operator().equals("QuantizeLinear"));
    }

    private boolean isConstant(String value) {
        return graph.constant(value).isPresent();
    }

    private Map<String, QuantizedActivation> activations() {
        Map<String, QuantizedActivation> activations = new LinkedHashMap<>();
        graph.inputs().forEach(input -> add(activations, input.name()));
        graph.nodes().forEach(node -> node.outputs().forEach(output -> add(activations, output)));
        return activations;
    }

    private void add(Map<String, QuantizedActivation> activations, String value) {
        Integer bits = wanted.get(value);
        if (bits == null) {
            return;
        }
        QuantizedActivation from = activations.get(movedFrom.getOrDefault(value, ""));
        // Integers are moved as they are, unless what reads them wants fewer bits.
        boolean moved = from != null && from.scheme().bits() <= bits;
        Scheme scheme = moved ? from.scheme() : target.activations(bits);
        activations.put(
                value,
                new QuantizedActivation(value, moved ? from.qparamsOf() : value, scheme, moved ? null : bounds(value)));
    }

    private @Nullable Range bounds(String value) {
        GraphNode clip = links.producer(value)
                .filter(node -> node.operator().equals("Clip"))
                .orElse(null);
        if (clip == null || !hasConstantBounds(clip)) {
            return null;
        }
        float least = bound(clip.input(1), -Float.MAX_VALUE);
        float most = bound(clip.input(2), Float.MAX_VALUE);
        return least <= most ? new Range(least, most) : null;
    }

    private float bound(String value, float none) {
        return value.isEmpty() ? none : graph.constant(value).orElseThrow().floats()[0];
    }

    /** One entry for all layers that want the same of an initialiser. */
    private List<QuantizedWeight> weights() {
        Map<List<Object>, List<String>> readers = new LinkedHashMap<>();
        for (GraphNode node : graph.nodes()) {
            LayerBits bits = layers.get(node.name());
            GraphTensor weight = Layers.weight(graph, node).orElse(null);
            if (bits != null && weight != null) {
                readers.computeIfAbsent(
                                List.of(
                                        weight.name(),
                                        groups.granularity(node, bits),
                                        groups.scheme(node, bits, target)),
                                key -> new ArrayList<>())
                        .add(node.name());
            }
        }
        List<QuantizedWeight> weights = new ArrayList<>();
        readers.forEach((key, names) -> weights.add(new QuantizedWeight(
                (String) key.get(0),
                new ArrayList<>(new LinkedHashSet<>(names)),
                Layers.WEIGHT,
                (Granularity) key.get(1),
                (Scheme) key.get(2))));
        return weights;
    }
}

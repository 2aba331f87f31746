package io.reflux.quantization.storage;

import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.RoleOverrides;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Short names for the pairs of quantisation and what they alone read, which in a small network take a tenth of the file; and
 * scales and zero points of equal values once. Integers of activations are q1, q2, …, dequantised values d1, …, scales s1, …, zero
 * points z1, …, bounds b1, …, values that are made integers v1, …; nodes of pairs have none, which ONNX allows. Layers, weights, biases and all else keep their names.
 */
final class CompactNames {

    private static final Set<String> PAIR = Set.of("QuantizeLinear", "DequantizeLinear");

    private final ModelGraph graph;
    private final GraphLinks links;
    private final FreshNames fresh;
    /** Names that notes in the file speak of. */
    private final Set<String> noted;

    private final Map<String, String> renamed = new LinkedHashMap<>();
    private final Map<GraphTensor, String> constants = new HashMap<>();

    private CompactNames(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.fresh = FreshNames.of(graph);
        this.noted = RoleOverrides.of(graph).names(graph);
    }

    /** The graph with short names for its pairs; the same graph where they are short already. */
    static ModelGraph of(ModelGraph graph) {
        return new CompactNames(graph).rename();
    }

    private ModelGraph rename() {
        for (GraphNode node : graph.nodes()) {
            if (PAIR.contains(node.operator()) && node.domain().isEmpty()) {
                constant("s", node.input(1));
                constant("z", node.input(2));
                boolean quantizes = node.operator().equals("QuantizeLinear");
                if (quantizes && links.producer(node.input(0)).isPresent() && links.readOnlyOnce(node.input(0))) {
                    value("v", node.input(0));
                }
                value(quantizes ? "q" : "d", node.output(0));
            } else if (isBound(node)) {
                constant("b", node.input(1));
                constant("b", node.input(2));
                value("q", node.output(0));
            }
        }
        renamed.entrySet().removeIf(entry -> entry.getKey().equals(entry.getValue()));
        if (renamed.isEmpty()) {
            return graph;
        }
        ModelGraphBuilder builder = graph.toBuilder();
        renamed.forEach((name, other) -> {
            GraphTensor tensor = graph.initializers().get(name);
            if (tensor != null) {
                builder.removeInitializer(name);
                builder.initializer(tensor.withName(other));
            }
        });
        return builder.replaceNodes(graph.nodes().stream().map(this::renamed).toList())
                .withoutValueNotes()
                .build();
    }

    /** Integers that are clamped between a pair. */
    private boolean isBound(GraphNode node) {
        return node.operator().equals("Clip")
                && links.producer(node.input(0))
                        .filter(producer -> producer.operator().equals("QuantizeLinear"))
                        .isPresent();
    }

    private boolean isOnlyReadByPairs(String name) {
        return graph.initializers().containsKey(name)
                && links.readers(name).stream().allMatch(reader -> PAIR.contains(reader.operator()) || isBound(reader));
    }

    private void constant(String kind, String name) {
        if (renamed.containsKey(name) || !isOnlyReadByPairs(name)) {
            return;
        }
        GraphTensor values = graph.initializers().get(name).withName(kind);
        String known = constants.get(values);
        if (known != null) {
            renamed.put(name, known);
        } else {
            value(kind, name);
            constants.put(values, renamed.getOrDefault(name, name));
        }
    }

    private void value(String kind, String name) {
        if (!name.isEmpty() && !links.isOutput(name) && !noted.contains(name)) {
            renamed.computeIfAbsent(name, old -> isShort(kind, old) ? old : fresh.numbered(kind));
        }
    }

    private static boolean isShort(String kind, String name) {
        return name.startsWith(kind)
                && name.length() > 1
                && name.chars().skip(1).allMatch(Character::isDigit);
    }

    private GraphNode renamed(GraphNode node) {
        UnaryOperator<String> other = name -> renamed.getOrDefault(name, name);
        List<String> inputs = new ArrayList<>(node.inputs());
        List<String> outputs = new ArrayList<>(node.outputs());
        inputs.replaceAll(other);
        outputs.replaceAll(other);
        boolean isPair = PAIR.contains(node.operator()) || isBound(node);
        return new GraphNode(
                isPair ? "" : node.name(), node.operator(), node.domain(), inputs, outputs, node.attributes());
    }
}

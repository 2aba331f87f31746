package io.reflux.quantization.rewrite;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.RoleOverrides;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes pairs out again: what read dequantised values reads the values themselves. Weights that are integers stay so. */
public final class PairRemoval {

    private PairRemoval() {}

    /** The graph without pairs; the same graph where there is none. */
    public static ModelGraph remove(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        Map<String, String> values = new HashMap<>();
        Set<String> removed = new HashSet<>();
        for (GraphNode node : graph.nodes()) {
            List<GraphNode> pair = pair(links, node);
            if (!pair.isEmpty()) {
                String value = pair.get(pair.size() - 1).input(0);
                values.put(node.output(0), values.getOrDefault(value, value));
                pair.forEach(part -> removed.add(part.name()));
            }
        }
        if (removed.isEmpty()) {
            return graph;
        }
        List<GraphNode> nodes = new ArrayList<>();
        Set<String> read = new HashSet<>();
        for (GraphNode node : graph.nodes()) {
            if (!removed.contains(node.name())) {
                List<String> inputs = new ArrayList<>(node.inputs());
                inputs.replaceAll(input -> values.getOrDefault(input, input));
                nodes.add(new GraphNode(
                        node.name(), node.operator(), node.domain(), inputs, node.outputs(), node.attributes()));
                read.addAll(inputs);
            }
        }
        ModelGraphBuilder builder = graph.toBuilder().replaceNodes(nodes);
        graph.initializers().keySet().stream()
                .filter(name -> !read.contains(name) && !links.readers(name).isEmpty() && !links.isOutput(name))
                .forEach(builder::removeInitializer);
        return RoleOverrides.pruned(builder.build());
    }

    /** The nodes of the pair that ends with a node, from the last; none if there is no pair. */
    private static List<GraphNode> pair(GraphLinks links, GraphNode last) {
        if (!last.operator().equals("DequantizeLinear")) {
            return List.of();
        }
        GraphNode before = links.producer(last.input(0)).orElse(null);
        if (before != null && before.operator().equals("Clip")) {
            GraphNode quantize = links.producer(before.input(0)).orElse(null);
            return quantize != null && quantize.operator().equals("QuantizeLinear")
                    ? List.of(last, before, quantize)
                    : List.of();
        }
        return before != null && before.operator().equals("QuantizeLinear") ? List.of(last, before) : List.of();
    }
}

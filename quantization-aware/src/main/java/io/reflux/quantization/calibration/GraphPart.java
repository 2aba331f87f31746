package io.reflux.quantization.calibration;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.graph.ValueInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What of a graph some of its values need. */
final class GraphPart {

    private GraphPart() {}

    /** The nodes that FLOAT values need, and nothing else, with these values as the outputs; all where they need none. */
    static ModelGraph upTo(ModelGraph graph, List<String> values) {
        GraphLinks links = GraphLinks.of(graph);
        Set<String> needed = new HashSet<>();
        List<String> open = new ArrayList<>(values);
        while (!open.isEmpty()) {
            String next = open.remove(open.size() - 1);
            if (needed.add(next)) {
                links.producer(next).ifPresent(node -> open.addAll(node.inputs()));
            }
        }
        List<GraphNode> nodes = graph.nodes().stream()
                .filter(node -> node.outputs().stream().anyMatch(needed::contains))
                .toList();
        if (nodes.isEmpty()) {
            return graph;
        }
        ModelGraphBuilder builder = graph.toBuilder().replaceNodes(nodes);
        graph.outputs().stream()
                .map(ValueInfo::name)
                .filter(output -> !values.contains(output))
                .forEach(builder::removeOutput);
        values.stream()
                .filter(value -> !links.isOutput(value) && links.producer(value).isPresent())
                .forEach(value -> builder.outputOfAnyShape(value, ElementType.FLOAT));
        graph.initializers().keySet().stream()
                .filter(name -> !needed.contains(name))
                .forEach(builder::removeInitializer);
        return builder.build();
    }
}

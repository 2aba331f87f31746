package io.reflux.model.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Who makes and who reads each value of a graph. */
public final class GraphLinks {

    private final Map<String, GraphNode> producers = new HashMap<>();
    private final Map<String, List<GraphNode>> readers = new HashMap<>();
    private final Set<String> outputs;

    private GraphLinks(ModelGraph graph) {
        this.outputs = graph.outputs().stream().map(ValueInfo::name).collect(Collectors.toSet());
        for (GraphNode node : graph.nodes()) {
            node.outputs().forEach(output -> producers.put(output, node));
            node.inputs()
                    .forEach(input -> readers.computeIfAbsent(input, name -> new ArrayList<>())
                            .add(node));
        }
    }

    public static GraphLinks of(ModelGraph graph) {
        return new GraphLinks(graph);
    }

    /** The node that makes a value; empty for inputs and initialisers. */
    public Optional<GraphNode> producer(String value) {
        return Optional.ofNullable(producers.get(value));
    }

    /** The nodes that read a value, each as often as it does. */
    public List<GraphNode> readers(String value) {
        return readers.getOrDefault(value, List.of());
    }

    public boolean isOutput(String value) {
        return outputs.contains(value);
    }

    /** Whether exactly one node reads a value, once, and it is no output of the graph. */
    public boolean readOnlyOnce(String value) {
        return !isOutput(value) && readers(value).size() == 1;
    }
}

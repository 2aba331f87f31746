package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who makes and who reads each value of a list of nodes. */
final class Links {

    private final Map<String, GraphNode> producers = new HashMap<>();
    private final Map<String, List<GraphNode>> readers = new HashMap<>();
    private final Set<String> outputs;

    Links(List<GraphNode> nodes, Collection<String> outputs) {
        this.outputs = new HashSet<>(outputs);
        for (GraphNode node : nodes) {
            node.outputs().forEach(output -> producers.put(output, node));
            node.inputs()
                    .forEach(input -> readers.computeIfAbsent(input, name -> new ArrayList<>())
                            .add(node));
        }
    }

    /** The node of ONNX's own set that makes a value, if it is of this type. */
    Optional<GraphNode> producer(String value, String type) {
        return Optional.ofNullable(producers.get(value))
                .filter(node -> node.operator().equals(type) && node.domain().isEmpty());
    }

    /** The node that makes a value, fused or not; empty for what is fed in or stored. */
    Optional<GraphNode> producer(String value) {
        return Optional.ofNullable(producers.get(value));
    }

    /** The node that alone reads a value, once, if there is one; empty for an output of the graph. */
    Optional<GraphNode> reader(String value) {
        return readOnly(value, 1) ? Optional.of(readers.get(value).get(0)) : Optional.empty();
    }

    /** Whether a value is read exactly this many times, and is no output of the graph. */
    boolean readOnly(String value, int times) {
        return !outputs.contains(value)
                && readers.getOrDefault(value, List.of()).size() == times;
    }
}

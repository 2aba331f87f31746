package io.reflux.quantization.storage;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraphBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The nodes that make values from what a file holds; constants of several values are there once. */
final class UnpackingNodes {

    private final ModelGraphBuilder builder;
    private final FreshNames names;
    private final Map<List<Object>, String> constants = new HashMap<>();
    private final List<GraphNode> nodes = new ArrayList<>();

    UnpackingNodes(ModelGraphBuilder builder, FreshNames names) {
        this.builder = builder;
        this.names = names;
    }

    List<GraphNode> nodes() {
        return nodes;
    }

    private String name() {
        return names.numbered("u");
    }

    /** Puts a tensor into the graph, in the place of one of its name; returns the name. */
    String tensor(GraphTensor tensor) {
        builder.initializer(tensor);
        return tensor.name();
    }

    /** A number that other values may read too. */
    String shared(long number) {
        return constant(new long[0], number);
    }

    /** A row of numbers that other values may read too. */
    String shared(long[] numbers) {
        return constant(new long[] {numbers.length}, numbers);
    }

    private String constant(long[] shape, long... numbers) {
        List<Object> key = List.of(shape.length, Arrays.stream(numbers).boxed().toList());
        return constants.computeIfAbsent(key, unknown -> tensor(GraphTensor.of(name(), shape, numbers)));
    }

    /** Adds a node; returns what it gives. */
    String node(String operator, List<String> inputs, Attributes attributes) {
        String output = name();
        nodes.add(new GraphNode(output, operator, "", inputs, List.of(output), attributes));
        return output;
    }
}

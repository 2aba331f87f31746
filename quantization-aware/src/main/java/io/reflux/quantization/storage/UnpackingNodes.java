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

/** The nodes that make one value from what a file holds; constants of several values are there once. */
final class UnpackingNodes {

    private final ModelGraphBuilder builder;
    private final FreshNames names;
    private final Map<List<Object>, String> constants;
    private final String value;
    private final List<GraphNode> nodes = new ArrayList<>();

    private UnpackingNodes(
            ModelGraphBuilder builder, FreshNames names, Map<List<Object>, String> constants, String value) {
        this.builder = builder;
        this.names = names;
        this.constants = constants;
        this.value = value;
    }

    /** For the first value of a graph. */
    static UnpackingNodes of(ModelGraphBuilder builder, FreshNames names, String value) {
        return new UnpackingNodes(builder, names, new HashMap<>(), value);
    }

    /** For another value of the same graph. */
    UnpackingNodes next(String other) {
        return new UnpackingNodes(builder, names, constants, other);
    }

    List<GraphNode> nodes() {
        return nodes;
    }

    String name(String suffix) {
        return names.of(value + "_" + suffix);
    }

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
        return constants.computeIfAbsent(
                key, unknown -> tensor(GraphTensor.of(names.of("unpack_" + constants.size()), shape, numbers)));
    }

    /** A node on the way; returns what it gives. */
    String node(String operator, List<String> inputs, Attributes attributes) {
        String output = name(operator);
        add(operator, inputs, output, attributes);
        return output;
    }

    /** The node that gives the value. */
    void last(String operator, List<String> inputs, Attributes attributes) {
        add(operator, inputs, value, attributes);
    }

    private void add(String operator, List<String> inputs, String output, Attributes attributes) {
        nodes.add(new GraphNode(names.of(value + "/" + operator), operator, "", inputs, List.of(output), attributes));
    }
}

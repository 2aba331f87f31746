package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A tree of Mul, Div by constants and Pow with exponent 3, multiplied out.
 *
 * @param factor the constants
 * @param values names of the factors that are no constants
 * @param nodes the nodes of the tree
 */
record Product(double factor, List<String> values, List<GraphNode> nodes) {

    /** The product that a node makes; inner nodes belong to it if they have no other reader. */
    static Optional<Product> of(GraphNode node, Links links, NodeContext context) {
        List<String> values = new ArrayList<>();
        List<GraphNode> nodes = new ArrayList<>();
        double factor = multiplyOut(node, links, context, values, nodes);
        return nodes.isEmpty() ? Optional.empty() : Optional.of(new Product(factor, values, nodes));
    }

    /** The product that makes a value, or the value itself. */
    static Product of(String value, Links links, NodeContext context) {
        List<String> values = new ArrayList<>();
        List<GraphNode> nodes = new ArrayList<>();
        double factor = multiplyOut(value, links, context, values, nodes);
        return new Product(factor, values, nodes);
    }

    private static double multiplyOut(
            String value, Links links, NodeContext context, List<String> values, List<GraphNode> nodes) {
        OptionalDouble number = Numbers.of(value, context);
        if (number.isPresent()) {
            return number.getAsDouble();
        }
        if (links.readOnly(value, 1)) {
            for (String type : List.of("Mul", "Div", "Pow")) {
                Optional<GraphNode> node = links.producer(value, type);
                int before = nodes.size();
                double factor = node.map(n -> multiplyOut(n, links, context, values, nodes))
                        .orElse(1.0);
                if (nodes.size() > before) {
                    return factor;
                }
            }
        }
        values.add(value);
        return 1;
    }

    /** Adds the node to {@code nodes} if it is part of a product; else changes nothing. */
    private static double multiplyOut(
            GraphNode node, Links links, NodeContext context, List<String> values, List<GraphNode> nodes) {
        OptionalDouble right = Numbers.of(node.input(1), context);
        switch (node.operator()) {
            case "Mul" -> {
                nodes.add(node);
                return multiplyOut(node.input(0), links, context, values, nodes)
                        * multiplyOut(node.input(1), links, context, values, nodes);
            }
            case "Div" -> {
                if (right.isPresent()) {
                    nodes.add(node);
                    return multiplyOut(node.input(0), links, context, values, nodes) / right.getAsDouble();
                }
            }
            case "Pow" -> {
                if (right.isPresent() && right.getAsDouble() == 3) {
                    nodes.add(node);
                    values.addAll(List.of(node.input(0), node.input(0), node.input(0)));
                }
            }
            default -> {
                // No product.
            }
        }
        return 1;
    }
}

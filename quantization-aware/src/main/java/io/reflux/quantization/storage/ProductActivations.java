package io.reflux.quantization.storage;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import java.util.List;
import java.util.Optional;

/**
 * Writes Relu behind a product of floats with integers as LeakyRelu of slope 0. ONNX Runtime 1.29 takes a Relu there for a
 * part of the product, then finds no integers behind it, and makes the weights floats anew in each call in the place of a
 * MatMulNBits.
 */
final class ProductActivations {

    private ProductActivations() {}

    /** The graph with such Relus in other words; the same graph where there is none. */
    static ModelGraph of(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        List<GraphNode> nodes = graph.nodes().stream()
                .map(node -> isBehindProduct(links, node) ? leaky(node) : node)
                .toList();
        return nodes.equals(graph.nodes())
                ? graph
                : graph.toBuilder().replaceNodes(nodes).build();
    }

    private static boolean isBehindProduct(GraphLinks links, GraphNode node) {
        if (!node.operator().equals("Relu") || !node.domain().isEmpty()) {
            return false;
        }
        Optional<GraphNode> before = links.producer(node.input(0));
        boolean biased = before.filter(add -> add.operator().equals("Add")).isPresent();
        return before.filter(product -> isProduct(links, product)).isPresent()
                || biased
                        && before.orElseThrow().inputs().stream()
                                .anyMatch(input -> links.producer(input)
                                        .filter(product -> isProduct(links, product))
                                        .isPresent());
    }

    private static boolean isProduct(GraphLinks links, GraphNode node) {
        return ProductLayout.readsFloats(links, node)
                && links.producer(node.input(1))
                        .filter(producer -> producer.operator().equals("DequantizeLinear"))
                        .isPresent();
    }

    private static GraphNode leaky(GraphNode relu) {
        return new GraphNode(
                relu.name(), "LeakyRelu", "", relu.inputs(), relu.outputs(), Attributes.NONE.withFloat("alpha", 0));
    }
}

package io.reflux.quantization.storage;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import java.util.List;
import java.util.Optional;

/**
 * Writes Relu behind a product of floats with integers as LeakyRelu of slope 0, and Clip as Max and Min. ONNX Runtime 1.29 takes
 * a Relu or a Clip there for a part of the product, then finds no integers behind it, and makes the weights floats anew in each
 * call in the place of a MatMulNBits.
 */
final class ProductActivations {

    private ProductActivations() {}

    /** The graph with such activations in other words; the same graph where there is none. */
    static ModelGraph of(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        FreshNames names = FreshNames.of(graph);
        List<GraphNode> nodes = graph.nodes().stream()
                .flatMap(node -> (isBehindProduct(links, node) ? inOtherWords(node, names) : List.of(node)).stream())
                .toList();
        return nodes.equals(graph.nodes())
                ? graph
                : graph.toBuilder().replaceNodes(nodes).build();
    }

    private static boolean isBehindProduct(GraphLinks links, GraphNode node) {
        if (!isActivation(node)) {
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

    /** A Clip of old, whose bounds are attributes, is none: no file with groups has it. */
    private static boolean isActivation(GraphNode node) {
        return node.domain().isEmpty()
                && (node.operator().equals("Relu")
                        || node.operator().equals("Clip") && (node.hasInput(1) || node.hasInput(2)));
    }

    private static boolean isProduct(GraphLinks links, GraphNode node) {
        return ProductLayout.readsFloats(links, node)
                && links.producer(node.input(1))
                        .filter(producer -> producer.operator().equals("DequantizeLinear"))
                        .isPresent();
    }

    private static List<GraphNode> inOtherWords(GraphNode node, FreshNames names) {
        String output = node.output(0);
        if (node.operator().equals("Relu")) {
            return List.of(new GraphNode(
                    node.name(),
                    "LeakyRelu",
                    "",
                    node.inputs(),
                    node.outputs(),
                    Attributes.NONE.withFloat("alpha", 0)));
        }
        if (!node.hasInput(1) || !node.hasInput(2)) {
            int bound = node.hasInput(1) ? 1 : 2;
            return List.of(bounded(node.name(), node.input(0), node, bound, output));
        }
        String atLeast = names.of(output + "_at_least");
        return List.of(
                bounded(names.of(node.name() + "/Max"), node.input(0), node, 1, atLeast),
                bounded(node.name(), atLeast, node, 2, output));
    }

    private static GraphNode bounded(String name, String value, GraphNode clip, int bound, String output) {
        return new GraphNode(
                name,
                bound == 1 ? "Max" : "Min",
                "",
                List.of(value, clip.input(bound)),
                List.of(output),
                Attributes.NONE);
    }
}

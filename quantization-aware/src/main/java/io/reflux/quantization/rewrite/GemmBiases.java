package io.reflux.quantization.rewrite;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.Dequantized;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Biases of Gemm layers where ONNX Runtime wants them: it runs a Gemm that gives floats in integers only without its bias, which
 * is added behind it then. The bias of one that gives integers it turns into integers itself.
 */
public final class GemmBiases {

    private static final int BIAS = 2;

    private GemmBiases() {}

    /** The graph with biases taken out of each Gemm that reads integers and gives floats, but before normalisations. */
    public static ModelGraph split(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        FreshNames names = FreshNames.of(graph);
        List<GraphNode> nodes = new ArrayList<>();
        for (GraphNode node : graph.nodes()) {
            if (!isSplit(links, node)) {
                nodes.add(node);
                continue;
            }
            String product = names.of(node.output(0) + "_product");
            nodes.add(new GraphNode(
                    node.name(), "Gemm", "", node.inputs().subList(0, BIAS), List.of(product), node.attributes()));
            nodes.add(new GraphNode(
                    names.of(node.name() + "/bias"),
                    "Add",
                    "",
                    List.of(product, node.input(BIAS)),
                    node.outputs(),
                    Attributes.NONE));
        }
        return nodes.size() == graph.nodes().size()
                ? graph
                : graph.toBuilder().replaceNodes(nodes).build();
    }

    private static boolean isSplit(GraphLinks links, GraphNode node) {
        return node.operator().equals("Gemm")
                && node.domain().isEmpty()
                && Dequantized.maker(links, node.input(0)).isPresent()
                && isDequantized(links, node.input(1))
                && node.hasInput(BIAS)
                && !isRead(links, node.output(0), "BatchNormalization")
                && !givesIntegers(links, node.output(0));
    }

    private static boolean isDequantized(GraphLinks links, String value) {
        return links.producer(value)
                .filter(producer -> producer.operator().equals("DequantizeLinear"))
                .isPresent();
    }

    private static boolean givesIntegers(GraphLinks links, String value) {
        if (isRead(links, value, "QuantizeLinear")) {
            return true;
        }
        GraphNode reader = links.readOnlyOnce(value) ? links.readers(value).get(0) : null;
        return reader != null
                && Set.of("Relu", "Clip").contains(reader.operator())
                && isRead(links, reader.output(0), "QuantizeLinear");
    }

    private static boolean isRead(GraphLinks links, String value, String operator) {
        return links.readers(value).stream()
                .anyMatch(reader -> reader.operator().equals(operator));
    }
}

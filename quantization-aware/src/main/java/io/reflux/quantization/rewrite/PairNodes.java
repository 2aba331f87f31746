package io.reflux.quantization.rewrite;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.util.Optional;

/**
 * The nodes of a pair, as {@link QdqInsertion} makes it.
 *
 * @param quantize the QuantizeLinear
 * @param clip what bounds its integers, if they are fewer than 8 bits
 * @param dequantize the DequantizeLinear
 */
public record PairNodes(GraphNode quantize, Optional<GraphNode> clip, GraphNode dequantize) {

    /** The pair that ends with a node, if one does. */
    public static Optional<PairNodes> of(GraphLinks links, GraphNode last) {
        if (!isOperator(last, "DequantizeLinear")) {
            return Optional.empty();
        }
        Optional<GraphNode> clip = links.producer(last.input(0)).filter(node -> isOperator(node, "Clip"));
        return links.producer(clip.orElse(last).input(0))
                .filter(node -> isOperator(node, "QuantizeLinear"))
                .map(quantize -> new PairNodes(quantize, clip, last));
    }

    /** The least integer of a type that the pair leaves; empty where a bound is no constant. */
    public Optional<Long> quantMin(ModelGraph graph, ElementType type) {
        return bound(graph, 1, type.least());
    }

    /** The largest integer of a type that the pair leaves; empty where a bound is no constant. */
    public Optional<Long> quantMax(ModelGraph graph, ElementType type) {
        return bound(graph, 2, type.most());
    }

    private Optional<Long> bound(ModelGraph graph, int input, long ofType) {
        return clip.isEmpty()
                ? Optional.of(ofType)
                : graph.constant(clip.get().input(input)).map((GraphTensor tensor) -> tensor.longs()[0]);
    }

    private static boolean isOperator(GraphNode node, String operator) {
        return node.operator().equals(operator) && node.domain().isEmpty();
    }
}

package io.reflux.quantization.placement;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import java.util.Optional;
import java.util.Set;

/** Values that come from integers. */
public final class Dequantized {

    /** What engines remove before they look for integers. */
    private static final Set<String> NOTHING_IN_EVALUATION = Set.of("Dropout", "Identity");

    private Dequantized() {}

    /** The DequantizeLinear that a value comes from, with nothing between that evaluation does. */
    public static Optional<GraphNode> maker(GraphLinks links, String value) {
        GraphNode node = links.producer(value).orElse(null);
        while (node != null && isNothingInEvaluation(node)) {
            node = links.producer(node.input(0)).orElse(null);
        }
        return Optional.ofNullable(node).filter(found -> found.operator().equals("DequantizeLinear"));
    }

    /** Whether evaluation, and so an engine, does without a node. */
    public static boolean isNothingInEvaluation(GraphNode node) {
        return NOTHING_IN_EVALUATION.contains(node.operator());
    }
}

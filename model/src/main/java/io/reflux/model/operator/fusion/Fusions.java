package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of chains that run as one. */
public final class Fusions {

    /** Domain of the nodes that stand for chains; no file has it. */
    static final String DOMAIN = "reflux.fused";

    private static final List<Pattern> PATTERNS = List.of(
            new AttentionPattern(),
            new BinarizePattern(),
            new FakeQuantizePattern(),
            new GeluPattern(),
            new LinearPattern());

    /** Kernels that apply an activation themselves have no gradient. */
    private static final List<Pattern> FROZEN_PATTERNS = List.of(new ActivatedLayerPattern());

    /** What pays only where all of a value's gradients are wanted, as in training. */
    private static final List<Pattern> TRAINED_PATTERNS =
            List.of(new FedPairPattern(), new RectifiedPattern(), new RepeatedPairPattern());

    private static final Map<String, Operator> OPERATORS = Stream.of(
                    new Binarize(),
                    new FakeQuantize(),
                    new FusedAttention(),
                    new FusedConvolution(),
                    new FusedGelu(),
                    new FusedLinear())
            .collect(Collectors.toUnmodifiableMap(Operator::type, operator -> operator));

    private Fusions() {}

    /** The operator of a node that {@link #apply} made, if it did. */
    public static Optional<Operator> operator(GraphNode node) {
        return node.domain().equals(DOMAIN) ? Optional.ofNullable(OPERATORS.get(node.operator())) : Optional.empty();
    }

    /**
     * Puts one node in the place of each chain.
     *
     * @param nodes in an order in which they can run
     * @param outputs names of the graph's outputs
     * @param measured the values whose sizes stand in expressions, each with the values that these describe
     * @return nodes that make the same outputs, in an order in which they can run
     */
    public static List<GraphNode> apply(
            List<GraphNode> nodes, NodeContext context, Collection<String> outputs, Map<String, Set<String>> measured) {
        return apply(PATTERNS, nodes, context, outputs, measured);
    }

    /** As {@link #apply}, of nodes that it has been applied to, for a graph that does not train. */
    public static List<GraphNode> applyFrozen(
            List<GraphNode> nodes, NodeContext context, Collection<String> outputs, Map<String, Set<String>> measured) {
        return apply(FROZEN_PATTERNS, nodes, context, outputs, measured);
    }

    /** As {@link #apply}, of nodes that it has been applied to, for a graph that trains. */
    public static List<GraphNode> applyTrained(
            List<GraphNode> nodes, NodeContext context, Collection<String> outputs, Map<String, Set<String>> measured) {
        return apply(TRAINED_PATTERNS, nodes, context, outputs, measured);
    }

    private static List<GraphNode> apply(
            List<Pattern> patterns,
            List<GraphNode> nodes,
            NodeContext context,
            Collection<String> outputs,
            Map<String, Set<String>> measured) {
        Links links = new Links(nodes, outputs);
        Map<GraphNode, GraphNode> replaced = new HashMap<>();
        Set<GraphNode> covered = new HashSet<>();
        for (GraphNode node : nodes) {
            for (Pattern pattern : patterns) {
                pattern.match(node, links, context)
                        .filter(match -> match.hides(measured))
                        .ifPresent(match -> {
                            replaced.put(node, match.replacement());
                            covered.addAll(match.covered());
                        });
            }
        }
        if (replaced.isEmpty()) {
            return nodes;
        }
        LinkedList<GraphNode> kept = new LinkedList<>();
        Set<String> read = new HashSet<>(outputs);
        for (int i = nodes.size() - 1; i >= 0; i--) {
            GraphNode node = replaced.getOrDefault(nodes.get(i), nodes.get(i));
            boolean needed = node.outputs().stream().anyMatch(read::contains);
            if (needed || !covered.contains(nodes.get(i))) {
                kept.addFirst(node);
                read.addAll(node.inputs());
            }
        }
        return new ArrayList<>(kept);
    }
}

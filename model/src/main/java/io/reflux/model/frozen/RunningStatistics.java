package io.reflux.model.frozen;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import java.util.List;
import java.util.Set;

/**
 * Normalisations that evaluate with running statistics. PyTorch writes {@code training_mode} 1 where it exports a network that is
 * to be trained elsewhere; a trained file that kept it would normalise by whichever samples share a call, so that an answer
 * depended on its neighbours, and no normalisation could be folded. Training moves the running statistics either way.
 */
public final class RunningStatistics {

    private static final String TRAINING_MODE = "training_mode";

    private RunningStatistics() {}

    /**
     * The graph with {@code training_mode} 0 in each BatchNormalization whose moved statistics nothing reads; the same graph
     * where there is none.
     */
    public static ModelGraph of(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        List<GraphNode> nodes = graph.nodes().stream()
                .map(node -> trains(links, node) ? evaluating(node) : node)
                .toList();
        return nodes.equals(graph.nodes())
                ? graph
                : graph.toBuilder().replaceNodes(nodes).build();
    }

    private static boolean trains(GraphLinks links, GraphNode node) {
        return node.operator().equals("BatchNormalization")
                && node.domain().isEmpty()
                && node.attributes().getInt(TRAINING_MODE, 0) != 0
                && node.outputs().stream()
                        .skip(1)
                        // One that is left out is no value, though inputs that are left out have its name.
                        .filter(moved -> !moved.isEmpty())
                        .allMatch(moved -> links.readers(moved).isEmpty() && !links.isOutput(moved));
    }

    private static GraphNode evaluating(GraphNode norm) {
        return new GraphNode(
                norm.name(),
                norm.operator(),
                norm.domain(),
                norm.inputs(),
                norm.outputs().subList(0, 1),
                norm.attributes().without(Set.of(TRAINING_MODE)));
    }
}

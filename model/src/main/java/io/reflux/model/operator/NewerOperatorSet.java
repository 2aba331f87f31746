package io.reflux.model.operator;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Graphs in a newer version of ONNX's operator set, in which they compute the same: types of few bits came late. Most
 * operators only gained types. Reductions, whose axes became an input, and Split, which says how many its outputs are, are
 * rewritten; a graph with an operator that changed otherwise, or is not known here, stays as it is.
 */
public final class NewerOperatorSet {

    /** The set in which the axes of all reductions are an input, and Split says how many its outputs are. */
    private static final int AXES_ARE_INPUT = 18;

    /** The set in which GroupNormalization got a scale for each channel, in the place of each group. */
    private static final int NORM_BY_CHANNEL = 21;

    /** The set in which Resize names its axes, and rounds as it does now. */
    private static final int RESIZE_ROUNDS = 19;

    private final ModelGraph graph;
    private final int version;
    private final ModelGraphBuilder builder;
    private final FreshNames names;

    private NewerOperatorSet(ModelGraph graph, int version) {
        this.graph = graph;
        this.version = version;
        this.builder = graph.toBuilder();
        this.names = FreshNames.of(graph);
    }

    /**
     * The graph in the operator set of a version, or in its own where that is newer.
     *
     * @param version at most {@link ModelGraph#MAX_OPSET}
     * @return empty where the graph has an operator that would mean something else
     */
    public static Optional<ModelGraph> of(ModelGraph graph, int version) {
        if (graph.opset() >= version) {
            return Optional.of(graph);
        }
        return Optional.of(new NewerOperatorSet(graph, version))
                .filter(raise -> graph.nodes().stream().allMatch(raise::keepsItsMeaning))
                .map(NewerOperatorSet::raised);
    }

    /** Whether {@link #of} gives a graph of this version. */
    public static boolean isReachable(ModelGraph graph, int version) {
        NewerOperatorSet raise = new NewerOperatorSet(graph, version);
        return graph.opset() >= version || graph.nodes().stream().allMatch(raise::keepsItsMeaning);
    }

    private boolean keepsItsMeaning(GraphNode node) {
        if (Operators.find(node).isEmpty()) {
            return false;
        }
        return switch (node.operator()) {
            case "If" -> false;
            case "GroupNormalization" -> !crosses(NORM_BY_CHANNEL);
            case "Resize" -> !crosses(RESIZE_ROUNDS);
            default -> true;
        };
    }

    private boolean crosses(int change) {
        return graph.opset() < change && version >= change;
    }

    private ModelGraph raised() {
        List<GraphNode> nodes = graph.nodes();
        if (crosses(AXES_ARE_INPUT)) {
            nodes = nodes.stream().map(this::rewritten).toList();
        }
        return builder.opset(version).replaceNodes(nodes).build();
    }

    private GraphNode rewritten(GraphNode node) {
        boolean isReduction =
                node.operator().startsWith("Reduce") && !node.operator().equals("ReduceSum");
        if (isReduction && node.attributes().names().contains("axes")) {
            long[] axes = node.attributes().getInts("axes", List.of()).stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            String name = names.of(node.name() + "_axes");
            builder.initializer(GraphTensor.of(name, new long[] {axes.length}, axes));
            return with(node, List.of(node.input(0), name), node.attributes().without(Set.of("axes")));
        }
        if (node.operator().equals("Split") && !node.hasInput(1)) {
            return with(
                    node,
                    node.inputs(),
                    node.attributes().withInt("num_outputs", node.outputs().size()));
        }
        return node;
    }

    private static GraphNode with(GraphNode node, List<String> inputs, Attributes attributes) {
        return new GraphNode(
                node.name(), node.operator(), node.domain(), new ArrayList<>(inputs), node.outputs(), attributes);
    }
}

package io.reflux.model.frozen;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Batch normalisation folded into the convolution before it, whose output nothing else reads. With D output channels and
 * f = scale / √(variance + epsilon), both of size D: W′[d] = f[d] · W[d] and bias′ = shift + f · (bias − mean).
 */
public final class NormFolding {

    private static final Set<String> WITH_GRAPHS = Set.of("If", "Loop", "Scan");
    private static final int INPUTS = 5;

    private final ModelGraph graph;
    private final GraphLinks links;
    private final Map<GraphNode, GraphNode> replaced = new HashMap<>();
    private final Set<GraphNode> removed = new HashSet<>();
    private final List<GraphTensor> added = new ArrayList<>();

    private NormFolding(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
    }

    /** A graph that computes the same, up to rounding; the graph itself where there is nothing to fold. */
    public static ModelGraph fold(ModelGraph graph) {
        return new NormFolding(graph).fold();
    }

    private ModelGraph fold() {
        // A sub-graph may read any value of the graph around it.
        if (graph.nodes().stream().anyMatch(node -> WITH_GRAPHS.contains(node.operator()))) {
            return graph;
        }
        for (GraphNode node : graph.nodes()) {
            foldable(node).ifPresent(convolution -> replace(convolution, node));
        }
        if (removed.isEmpty()) {
            return graph;
        }
        List<GraphNode> nodes = graph.nodes().stream()
                .filter(node -> !removed.contains(node))
                .map(node -> replaced.getOrDefault(node, node))
                .toList();
        return graph.withNodes(nodes, added);
    }

    /** The convolution that a normalisation can be folded into. */
    private Optional<GraphNode> foldable(GraphNode norm) {
        boolean evaluates = norm.operator().equals("BatchNormalization")
                && norm.domain().isEmpty()
                && norm.attributes().getInt("training_mode", 0) == 0
                && norm.outputs().stream().skip(1).allMatch(String::isEmpty);
        if (!evaluates || norm.inputs().size() != INPUTS || !links.readOnlyOnce(norm.input(0))) {
            return Optional.empty();
        }
        return links.producer(norm.input(0))
                .filter(node -> node.operator().equals("Conv") && node.domain().isEmpty())
                .filter(node -> stored(node.input(1))
                        .filter(weight -> fits(weight, node, norm))
                        .isPresent());
    }

    private boolean fits(GraphTensor weight, GraphNode convolution, GraphNode norm) {
        List<String> perChannel = new ArrayList<>(norm.inputs().subList(1, INPUTS));
        if (convolution.hasInput(2)) {
            perChannel.add(convolution.input(2));
        }
        long[] channels = {weight.shape()[0]};
        return perChannel.stream()
                .allMatch(name -> stored(name)
                        .filter(tensor -> Arrays.equals(tensor.shape(), channels))
                        .isPresent());
    }

    private Optional<GraphTensor> stored(String name) {
        return graph.constant(name).filter(tensor -> tensor.type() == ElementType.FLOAT && tensor.shape().length > 0);
    }

    private void replace(GraphNode convolution, GraphNode norm) {
        GraphTensor weight = stored(convolution.input(1)).orElseThrow();
        float[] scale = floats(norm, 1);
        float[] shift = floats(norm, 2);
        float[] mean = floats(norm, 3);
        float[] variance = floats(norm, 4);
        double epsilon = norm.attributes().getFloat("epsilon", 1e-5f);
        float[] weights = weight.floats().clone();
        float[] bias = convolution.hasInput(2) ? floats(convolution, 2).clone() : new float[scale.length];
        int kernel = weights.length / scale.length;
        for (int d = 0; d < scale.length; d++) {
            double factor = scale[d] / Math.sqrt(variance[d] + epsilon);
            for (int i = d * kernel; i < (d + 1) * kernel; i++) {
                weights[i] = (float) (factor * weights[i]);
            }
            bias[d] = (float) (shift[d] + factor * (bias[d] - mean[d]));
        }
        String name = norm.output(0) + "/folded_";
        added.add(GraphTensor.of(name + "weight", weight.shape(), weights));
        added.add(GraphTensor.of(name + "bias", new long[] {bias.length}, bias));
        removed.add(convolution);
        replaced.put(
                norm,
                new GraphNode(
                        convolution.name(),
                        convolution.operator(),
                        convolution.domain(),
                        List.of(convolution.input(0), name + "weight", name + "bias"),
                        List.of(norm.output(0)),
                        convolution.attributes()));
    }

    private float[] floats(GraphNode node, int input) {
        return stored(node.input(input)).orElseThrow().floats();
    }
}

package io.reflux.model.frozen;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.RoleOverrides;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Folds each BatchNormalization into the Conv or Gemm that feeds nothing but it (Jacob et al. 2018, arXiv:1712.05877,
 * eq. 14), with f = scale / √(variance + epsilon) for each channel:
 *
 * <pre>
 * weight ← weight · f        bias ← (bias − mean) · f + shift
 * </pre>
 *
 * <p>What evaluation computes stays, but for rounding in the last bits. A layer whose weight is not a constant, or a
 * normalisation that uses the batch's own statistics in evaluation, stays as it is.
 */
public final class NormFolding {

    private static final Set<String> WITH_GRAPHS = Set.of("If", "Loop", "Scan");

    private static final int WEIGHT = 1;

    private static final int BIAS = 2;

    private static final int NORM_INPUTS = 5;

    private final ModelGraph graph;
    private final GraphLinks links;
    private final FreshNames names;
    private final ModelGraphBuilder builder;
    private final Set<String> removed = new HashSet<>();
    private final Map<String, GraphNode> rewritten = new HashMap<>();

    private NormFolding(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.names = FreshNames.of(graph);
        this.builder = graph.toBuilder();
    }

    /** The graph with all folded that can be; the same graph where there is nothing to fold. */
    public static ModelGraph fold(ModelGraph graph) {
        return new NormFolding(graph).fold();
    }

    private ModelGraph fold() {
        // A sub-graph may read any value of the graph around it.
        if (graph.nodes().stream().anyMatch(node -> WITH_GRAPHS.contains(node.operator()))) {
            return graph;
        }
        for (GraphNode node : graph.nodes()) {
            layer(node).ifPresent(layer -> fold(layer, node));
        }
        if (removed.isEmpty()) {
            return graph;
        }
        List<GraphNode> nodes = new ArrayList<>();
        graph.nodes().stream()
                .filter(node -> !removed.contains(node.name()))
                .forEach(node -> nodes.add(rewritten.getOrDefault(node.name(), node)));
        builder.replaceNodes(nodes);
        removeUnread(nodes);
        return RoleOverrides.pruned(builder.build());
    }

    /** The layer that a node, if it is a normalisation, can be folded into. */
    private Optional<GraphNode> layer(GraphNode norm) {
        boolean evaluates = norm.operator().equals("BatchNormalization")
                && norm.domain().isEmpty()
                && norm.inputs().size() == NORM_INPUTS
                && norm.attributes().getInt("training_mode", 0) == 0
                && norm.outputs().stream().skip(1).allMatch(String::isEmpty);
        return evaluates && links.readOnlyOnce(norm.input(0))
                ? links.producer(norm.input(0)).filter(this::isLayer).filter(layer -> fits(layer, norm))
                : Optional.empty();
    }

    private boolean isLayer(GraphNode node) {
        return node.domain().isEmpty()
                && stored(node.input(WEIGHT)).isPresent()
                && (node.operator().equals("Conv")
                        || node.operator().equals("Gemm")
                                && node.attributes().getFloat("beta", 1) == 1
                                && node.attributes().getFloat("alpha", 1) == 1);
    }

    /** Whether all that is scaled or shifted is a constant for each channel. */
    private boolean fits(GraphNode layer, GraphNode norm) {
        List<String> perChannel = new ArrayList<>(norm.inputs().subList(1, NORM_INPUTS));
        if (layer.hasInput(BIAS)) {
            perChannel.add(layer.input(BIAS));
        }
        long[] channels = {stored(layer.input(WEIGHT)).orElseThrow().shape()[axis(layer)]};
        return perChannel.stream()
                .allMatch(name -> stored(name)
                        .filter(tensor -> Arrays.equals(tensor.shape(), channels))
                        .isPresent());
    }

    private Optional<GraphTensor> stored(String name) {
        return graph.constant(name).filter(tensor -> tensor.type() == ElementType.FLOAT && tensor.shape().length > 0);
    }

    /** The axis of the weight that the outputs lie along. */
    private static int axis(GraphNode layer) {
        return layer.operator().equals("Conv") || layer.attributes().getInt("transB", 0) != 0 ? 0 : 1;
    }

    private void fold(GraphNode layer, GraphNode norm) {
        float[] scale = floats(norm.input(1));
        float[] shift = floats(norm.input(2));
        float[] mean = floats(norm.input(3));
        float[] variance = floats(norm.input(4));
        // The attribute's default, as ONNX has it.
        double epsilon = norm.attributes().getFloat("epsilon", 1e-5f);
        float[] before = layer.hasInput(BIAS) ? floats(layer.input(BIAS)) : new float[scale.length];
        double[] factor = new double[scale.length];
        float[] bias = new float[scale.length];
        for (int c = 0; c < factor.length; c++) {
            factor[c] = scale[c] / Math.sqrt(variance[c] + epsilon);
            bias[c] = (float) (((double) before[c] - mean[c]) * factor[c] + shift[c]);
        }
        GraphTensor weight = stored(layer.input(WEIGHT)).orElseThrow();
        String weightName = put(layer.input(WEIGHT), weight.shape(), scaled(weight, axis(layer), factor));
        String biasName = put(
                layer.hasInput(BIAS) ? layer.input(BIAS) : names.ofBias(layer.input(WEIGHT)),
                new long[] {bias.length},
                bias);
        removed.add(norm.name());
        rewritten.put(
                layer.name(),
                new GraphNode(
                        layer.name(),
                        layer.operator(),
                        "",
                        List.of(layer.input(0), weightName, biasName),
                        List.of(norm.output(0)),
                        layer.attributes()));
    }

    /** Puts new values under a name; under a new one where others read the old values, or a node makes them. */
    private String put(String name, long[] shape, float[] values) {
        boolean taken = links.readers(name).size() > 1
                || links.isOutput(name)
                || links.producer(name).isPresent();
        String target = taken ? names.of(name + "_folded") : name;
        builder.initializer(GraphTensor.of(target, shape, values));
        return target;
    }

    private float[] floats(String value) {
        return stored(value).orElseThrow().floats();
    }

    private static float[] scaled(GraphTensor weight, int axis, double[] factor) {
        float[] values = weight.floats();
        int inner = 1;
        for (int i = axis + 1; i < weight.shape().length; i++) {
            inner *= (int) weight.shape()[i];
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * factor[i / inner % factor.length]);
        }
        return values;
    }

    private void removeUnread(List<GraphNode> nodes) {
        Set<String> read = new HashSet<>();
        nodes.forEach(node -> read.addAll(node.inputs()));
        graph.nodes().stream()
                .filter(node -> removed.contains(node.name()) || rewritten.containsKey(node.name()))
                .flatMap(node -> node.inputs().stream())
                .distinct()
                .filter(name -> graph.initializers().containsKey(name) && !read.contains(name) && !links.isOutput(name))
                .forEach(builder::removeInitializer);
    }
}

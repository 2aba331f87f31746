package io.reflux.quantization.folding;

import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
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
 * weight ← weight · f        bias ← (bias − mean) · f + normBias
 * </pre>
 *
 * <p>What evaluation computes stays, but for rounding in the last bits. A layer whose weight is not a constant, or a
 * normalisation that uses the batch's own statistics in evaluation, stays as it is.
 */
public final class BatchNormFolding {

    private static final int CONV_BIAS = 2;

    private final ModelGraph graph;
    private final GraphLinks links;
    private final FreshNames names;
    private final ModelGraphBuilder builder;
    private final Set<String> removed = new HashSet<>();
    private final Map<String, GraphNode> rewritten = new HashMap<>();

    private BatchNormFolding(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.names = FreshNames.of(graph);
        this.builder = graph.toBuilder();
    }

    /** The graph with all folded that can be; the same graph where there is nothing to fold. */
    public static ModelGraph fold(ModelGraph graph) {
        return new BatchNormFolding(graph).fold();
    }

    private ModelGraph fold() {
        for (GraphNode norm : graph.nodes()) {
            if (norm.operator().equals("BatchNormalization") && norm.domain().isEmpty()) {
                layer(norm).ifPresent(layer -> fold(layer, norm));
            }
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
        return builder.build();
    }

    /** The layer that a normalisation can be folded into. */
    private Optional<GraphNode> layer(GraphNode norm) {
        boolean constants = norm.inputs().stream().skip(1).allMatch(this::isConstant);
        boolean batchStatistics = norm.attributes().getInt("training_mode", 0) != 0;
        return constants && !batchStatistics && links.readOnlyOnce(norm.input(0))
                ? links.producer(norm.input(0)).filter(this::hasConstantWeights)
                : Optional.empty();
    }

    private boolean hasConstantWeights(GraphNode node) {
        boolean known = node.domain().isEmpty()
                && (node.operator().equals("Conv")
                        || node.operator().equals("Gemm")
                                && node.attributes().getFloat("beta", 1) == 1
                                && node.attributes().getFloat("alpha", 1) == 1);
        boolean biasFits = !node.hasInput(CONV_BIAS)
                || isConstant(node.input(CONV_BIAS))
                        && graph.constant(node.input(CONV_BIAS))
                                .map(bias -> bias.shape().length == 1)
                                .orElse(false);
        return known && isConstant(node.input(1)) && biasFits;
    }

    private boolean isConstant(String value) {
        return graph.initializers().containsKey(value);
    }

    private void fold(GraphNode layer, GraphNode norm) {
        double[] factor = doubles(norm.input(1));
        double[] normBias = doubles(norm.input(2));
        double[] mean = doubles(norm.input(3));
        double[] variance = doubles(norm.input(4));
        // The attribute's default, as ONNX has it.
        double epsilon = norm.attributes().getFloat("epsilon", 1e-5f);
        for (int c = 0; c < factor.length; c++) {
            factor[c] /= Math.sqrt(variance[c] + epsilon);
        }
        GraphTensor weight = graph.initializers().get(layer.input(1));
        int axis = layer.operator().equals("Conv") || layer.attributes().getInt("transB", 0) != 0 ? 0 : 1;
        if (weight.shape()[axis] != factor.length) {
            return;
        }
        float[] bias = new float[factor.length];
        double[] before = layer.hasInput(CONV_BIAS) ? doubles(layer.input(CONV_BIAS)) : new double[factor.length];
        for (int c = 0; c < bias.length; c++) {
            bias[c] = (float) ((before[before.length == 1 ? 0 : c] - mean[c]) * factor[c] + normBias[c]);
        }
        List<String> inputs = new ArrayList<>(List.of(layer.input(0), "", ""));
        inputs.set(1, put(layer.input(1), weight.shape(), scaled(weight, axis, factor)));
        String biasName = layer.hasInput(CONV_BIAS) ? layer.input(CONV_BIAS) : names.of(layer.input(1) + "_bias");
        inputs.set(2, put(biasName, new long[] {bias.length}, bias));
        removed.add(norm.name());
        rewritten.put(
                layer.name(),
                new GraphNode(layer.name(), layer.operator(), "", inputs, List.of(norm.output(0)), layer.attributes()));
    }

    /** Puts new values under a name; under a new one where others read the old values. */
    private String put(String name, long[] shape, float[] values) {
        boolean shared = links.readers(name).size() > 1 || links.isOutput(name);
        String target = shared ? names.of(name + "_folded") : name;
        builder.initializer(GraphTensor.of(target, shape, values));
        return target;
    }

    private double[] doubles(String value) {
        float[] floats = graph.initializers().get(value).floats();
        double[] doubles = new double[floats.length];
        Arrays.setAll(doubles, i -> floats[i]);
        return doubles;
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
        graph.outputs().forEach(output -> read.add(output.name()));
        graph.nodes().stream()
                .filter(node -> removed.contains(node.name()) || rewritten.containsKey(node.name()))
                .flatMap(node -> node.inputs().stream())
                .distinct()
                .filter(name -> graph.initializers().containsKey(name) && !read.contains(name))
                .forEach(builder::removeInitializer);
    }
}

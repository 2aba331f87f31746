package io.reflux.quantization.folding;

import io.reflux.model.frozen.NormFolding;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.quantization.placement.BiasRoom;
import io.reflux.quantization.placement.Dequantized;
import io.reflux.quantization.placement.Layers;
import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.rewrite.PairedWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Folds the normalisations of {@link LiveNorms} into the layers before them, through the pairs of their weights: scales are
 * multiplied, and weights become what their integers stand for, so that no integer changes. A layer that has no pair yet is
 * folded as {@link NormFolding} does.
 *
 * <p>Only the integers of an output whose f is nearly 0 change: its scale is 2⁻¹² of the layer's largest, or more where its bias
 * would not fit into 32 bits of it, and its integers are so much smaller.
 */
public final class PairedNormFolding {

    private static final int BIAS = 2;

    /** Of the largest scale of a layer in its smallest, as in a tensor that is quantised. */
    private static final float LEAST_SHARE = 0x1p-12f;

    /** Values this small are nothing. */
    private static final float LEAST_SCALE = 0x1p-60f;

    private final ModelGraph graph;
    private final GraphLinks links;
    private final FreshNames names;
    private final ModelGraphBuilder builder;
    private final List<GraphNode> nodes;
    private final Set<String> gone = new HashSet<>();

    private PairedNormFolding(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.names = FreshNames.of(graph);
        this.builder = graph.toBuilder();
        this.nodes = new ArrayList<>(graph.nodes());
    }

    /** The graph without live normalisations; the same graph where there is none. */
    public static ModelGraph fold(ModelGraph graph) {
        return new PairedNormFolding(graph).fold();
    }

    private ModelGraph fold() {
        for (GraphNode norm : graph.nodes()) {
            if (LiveNorms.isLive(graph, links, norm)) {
                fold(norm, links.producer(norm.input(0)).orElseThrow());
            }
        }
        if (gone.isEmpty()) {
            return graph;
        }
        gone.forEach(builder::removeInitializer);
        return RoleOverrides.pruned(builder.replaceNodes(nodes).build());
    }

    private void fold(GraphNode norm, GraphNode layer) {
        GraphNode magnitude = links.producer(norm.input(1)).orElseThrow();
        double[] factor = factors(norm, floats(magnitude.input(0)));
        PairedWeight paired =
                PairedWeight.of(graph, links, layer.input(Layers.WEIGHT)).orElse(null);
        int axis = Layers.outputAxis(layer);
        String bias = layer.hasInput(BIAS) ? layer.input(BIAS) : names.of(norm.name() + "_bias");
        GraphTensor shifted = bias(norm, layer.hasInput(BIAS) ? floats(bias) : new float[factor.length], factor, bias);
        builder.initializer(shifted);
        if (paired == null) {
            GraphTensor weight = graph.initializers().get(layer.input(Layers.WEIGHT));
            builder.initializer(scaled(weight, axis, factor));
        } else {
            scale(paired, axis, factor, leastScales(layer, shifted, paired));
        }
        List<String> inputs = new ArrayList<>(List.of(layer.input(0), layer.input(1), bias));
        replace(
                layer,
                new GraphNode(layer.name(), layer.operator(), "", inputs, List.of(norm.output(0)), layer.attributes()));
        nodes.removeIf(node -> node.name().equals(norm.name()) || node.name().equals(magnitude.name()));
        gone.add(magnitude.input(0));
        gone.addAll(norm.inputs().subList(2, 5));
    }

    private void replace(GraphNode old, GraphNode by) {
        nodes.set(
                IntStream.range(0, nodes.size())
                        .filter(i -> nodes.get(i).name().equals(old.name()))
                        .findFirst()
                        .orElseThrow(),
                by);
    }

    /** f of each output. */
    private double[] factors(GraphNode norm, float[] gamma) {
        float[] variance = floats(norm.input(4));
        // The attribute's default, as ONNX has it.
        double epsilon = norm.attributes().getFloat("epsilon", 1e-5f);
        double[] factor = new double[gamma.length];
        Arrays.setAll(factor, c -> Math.abs(gamma[c]) / Math.sqrt(variance[c] + epsilon));
        return factor;
    }

    private GraphTensor bias(GraphNode norm, float[] before, double[] factor, String name) {
        float[] shift = floats(norm.input(2));
        float[] mean = floats(norm.input(3));
        float[] values = new float[factor.length];
        for (int c = 0; c < values.length; c++) {
            values[c] = (float) (((double) before[c] - mean[c]) * factor[c] + shift[c]);
        }
        return GraphTensor.of(name, new long[] {values.length}, values);
    }

    /** What the scale of each output has to be for its bias; 0 where the layer reads floats. */
    private float[] leastScales(GraphNode layer, GraphTensor bias, PairedWeight paired) {
        float inputScale = Dequantized.maker(links, layer.input(0))
                .flatMap(node -> graph.constant(node.input(1)))
                .filter(scale -> scale.size() == 1)
                .map(scale -> Math.abs(scale.floats()[0]))
                .orElse(0f);
        float[] values = bias.floats();
        float[] least = new float[values.length];
        for (int i = 0; i < values.length && inputScale > 0; i++) {
            least[i] =
                    BiasRoom.leastScale(values[i], inputScale, paired.qparams().get(0));
        }
        return least;
    }

    private void scale(PairedWeight paired, int axis, double[] factor, float[] leastOfBiases) {
        int scaleAxis = paired.granularity() instanceof Granularity.PerAxis ? 0 : axis;
        float[] scales = scaled(paired.scale(), scaleAxis, factor).floats();
        float largest = 0;
        for (int i = 0; i < scales.length; i++) {
            scales[i] = Math.abs(scales[i]);
            largest = Math.max(largest, scales[i]);
        }
        int[] places = paired.granularity().places(paired.weight().shape());
        int[] codes = paired.quantized().codes();
        float[] values = new float[codes.length];
        // Of nothing but zeros any scale is right, and biases want a small one.
        float leastOfAll = largest == 0 ? LEAST_SHARE : Math.max(largest * LEAST_SHARE, LEAST_SCALE);
        float[] least = new float[scales.length];
        Arrays.fill(least, leastOfAll);
        for (int c = 0; c < leastOfBiases.length; c++) {
            int place = scales.length == 1 ? 0 : c;
            least[place] = Math.max(least[place], leastOfBiases[c]);
        }
        for (int i = 0; i < values.length; i++) {
            float scale = scales[places[i]];
            QParams qparams = paired.qparams().get(places[i]).withScale(Math.max(scale, least[places[i]]));
            values[i] = scale >= least[places[i]] ? qparams.dequantize(codes[i]) : codes[i] * scale;
        }
        for (int i = 0; i < scales.length; i++) {
            scales[i] = Math.max(scales[i], least[i]);
        }
        builder.initializer(GraphTensor.of(paired.scale().name(), paired.scale().shape(), scales));
        builder.initializer(
                GraphTensor.of(paired.weight().name(), paired.weight().shape(), values));
    }

    /** A tensor with each output's part of it multiplied. */
    private static GraphTensor scaled(GraphTensor tensor, int axis, double[] factor) {
        float[] values = tensor.floats();
        int inner = Arrays.stream(tensor.shape())
                .skip(axis + 1L)
                .mapToInt(Math::toIntExact)
                .reduce(1, (a, b) -> a * b);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * factor[i / inner % factor.length]);
        }
        return GraphTensor.of(tensor.name(), tensor.shape(), values);
    }

    private float[] floats(String name) {
        return graph.initializers().get(name).floats();
    }
}

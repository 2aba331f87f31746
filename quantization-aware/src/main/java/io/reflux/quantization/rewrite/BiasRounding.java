package io.reflux.quantization.rewrite;

import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.quantization.placement.Dequantized;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rounds the biases of layers that run in integers to what engines make of them: multiples of inputScale · weightScale, in
 * 32 bits. The step is small, but left to the engine alone it turns one activation in some hundreds to the integer beside
 * it, and what follows with it. Rounded here, floats and integers add the same bias.
 */
public final class BiasRounding {

    private static final int BIAS = 2;

    private final ModelGraph graph;
    private final GraphLinks links;
    private final FreshNames names;
    private final ModelGraphBuilder builder;
    private final List<GraphNode> nodes = new ArrayList<>();

    private BiasRounding(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.names = FreshNames.of(graph);
        this.builder = graph.toBuilder();
    }

    /** The graph with its biases rounded; rounding them again changes nothing. */
    public static ModelGraph round(ModelGraph graph) {
        return new BiasRounding(graph).round();
    }

    private ModelGraph round() {
        graph.nodes().forEach(node -> nodes.add(rounded(node)));
        return builder.replaceNodes(nodes).build();
    }

    private GraphNode rounded(GraphNode node) {
        GraphTensor bias = graph.initializers().get(node.input(BIAS));
        Optional<float[]> input = scale(node, 0);
        Optional<float[]> weight = scale(node, 1);
        boolean isLayer = node.domain().isEmpty()
                && (node.operator().equals("Conv") || node.operator().equals("Gemm"));
        if (!isLayer || bias == null || input.isEmpty() || input.get().length != 1 || weight.isEmpty()) {
            return node;
        }
        float[] values = bias.floats();
        float[] weightScale = weight.get();
        if (weightScale.length != 1 && weightScale.length != values.length) {
            return node;
        }
        for (int i = 0; i < values.length; i++) {
            float scale = input.get()[0] * weightScale[weightScale.length == 1 ? 0 : i];
            double code = Math.rint(values[i] / scale);
            values[i] = (float) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, code)) * scale;
        }
        boolean shared = links.readers(bias.name()).size() > 1 || links.isOutput(bias.name());
        String name = shared ? names.of(bias.name() + "_rounded") : bias.name();
        builder.initializer(GraphTensor.of(name, bias.shape(), values));
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(BIAS, name);
        return new GraphNode(node.name(), node.operator(), "", inputs, node.outputs(), node.attributes());
    }

    /** The scale of what a node reads from a DequantizeLinear, as it is stored. */
    private Optional<float[]> scale(GraphNode node, int input) {
        return Dequantized.maker(links, node.input(input))
                .flatMap(producer -> graph.constant(producer.input(1)).map(scale -> stored(producer, scale.floats())));
    }

    /** Weights of few bits are stored as multiples. */
    private float[] stored(GraphNode dequantize, float[] scale) {
        int factor = CodeSpread.factor(graph, links, dequantize);
        for (int i = 0; i < scale.length; i++) {
            scale[i] /= factor;
        }
        return scale;
    }
}

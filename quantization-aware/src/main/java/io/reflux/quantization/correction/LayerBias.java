package io.reflux.quantization.correction;

import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.quantization.placement.Layers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The constant that is added to each channel that a layer gives. */
final class LayerBias {

    private static final int BIAS = 2;

    private LayerBias() {}

    /** The name of a layer's bias that no other layer has; empty where there is none. */
    static Optional<String> of(ModelGraph graph, GraphLinks links, GraphNode layer) {
        long channels = Layers.weight(graph, layer).orElseThrow().shape()[Layers.outputAxis(layer)];
        Optional<String> bias = Optional.empty();
        if (!layer.operator().equals("MatMul")) {
            bias = Optional.of(layer.input(BIAS));
        } else if (links.readOnlyOnce(layer.output(0))) {
            GraphNode reader = links.readers(layer.output(0)).get(0);
            if (reader.operator().equals("Add") && reader.domain().isEmpty()) {
                bias = Optional.of(reader.input(reader.input(0).equals(layer.output(0)) ? 1 : 0));
            }
        }
        return bias.filter(name -> graph.initializers().containsKey(name) && links.readOnlyOnce(name))
                .filter(name -> {
                    long[] shape = graph.initializers().get(name).shape();
                    return shape.length == 1 && shape[0] == channels;
                });
    }

    /** The graph with a bias of 0 in each Conv and Gemm of these names that has none. */
    static ModelGraph added(ModelGraph graph, List<String> layers) {
        FreshNames names = FreshNames.of(graph);
        ModelGraphBuilder builder = graph.toBuilder();
        List<GraphNode> nodes = new ArrayList<>();
        boolean changed = false;
        for (GraphNode node : graph.nodes()) {
            GraphTensor weight = Layers.weight(graph, node).orElse(null);
            boolean lacks = weight != null
                    && layers.contains(node.name())
                    && !node.operator().equals("MatMul")
                    && !node.hasInput(BIAS);
            if (lacks) {
                int channels = (int) weight.shape()[Layers.outputAxis(node)];
                String bias = names.ofBias(weight.name());
                builder.initializer(GraphTensor.of(bias, new long[] {channels}, new float[channels]));
                nodes.add(new GraphNode(
                        node.name(),
                        node.operator(),
                        "",
                        List.of(node.input(0), node.input(1), bias),
                        node.outputs(),
                        node.attributes()));
                changed = true;
            } else {
                nodes.add(node);
            }
        }
        return changed ? builder.replaceNodes(nodes).build() : graph;
    }
}

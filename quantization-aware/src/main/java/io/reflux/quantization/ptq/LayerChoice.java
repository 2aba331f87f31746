package io.reflux.quantization.ptq;

import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.NamePatterns;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.placement.Layers;
import io.reflux.quantization.rewrite.TableInsertion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What a configuration chooses of a graph.
 *
 * @param bits of each layer
 * @param kept names of the nodes that stay in floats, layers and those that read tables
 */
record LayerChoice(Function<GraphNode, LayerBits> bits, Set<String> kept) {

    /** @throws io.reflux.model.graph.ModelException if a pattern matches neither a layer nor a node that reads a table */
    static LayerChoice of(ModelGraph graph, LayersConfig config) {
        List<String> layers = layers(graph);
        Set<String> kept = kept(graph, layers, config);
        LayerBits bits = new LayerBits(config.weightBits(), config.activationBits());
        int atEnds = config.endBits();
        LayerBits ends = new LayerBits(
                Math.max(bits.weights(), atEnds), bits.activations() == 0 ? 0 : Math.max(bits.activations(), atEnds));
        return new LayerChoice(
                node -> {
                    int place = layers.indexOf(node.name());
                    boolean isEnd = place == 0 || place == layers.size() - 1;
                    return kept.contains(node.name()) ? LayerBits.FLOAT : isEnd ? ends : bits;
                },
                kept);
    }

    /** As {@link #of(ModelGraph, LayersConfig)}, with other bits for the layers, also for those that are kept. */
    static LayerChoice of(ModelGraph graph, LayersConfig config, Function<GraphNode, LayerBits> bits) {
        return new LayerChoice(bits, kept(graph, layers(graph), config));
    }

    private static List<String> layers(ModelGraph graph) {
        GraphLinks links = GraphLinks.of(graph);
        return graph.nodes().stream()
                .filter(node -> Layers.isQuantizable(graph, links, node))
                .map(GraphNode::name)
                .toList();
    }

    private static Set<String> kept(ModelGraph graph, List<String> layers, LayersConfig config) {
        List<String> names = new ArrayList<>(layers);
        names.addAll(TableInsertion.readers(graph));
        return new NamePatterns("keep", "a layer", config.keep()).select(names);
    }
}

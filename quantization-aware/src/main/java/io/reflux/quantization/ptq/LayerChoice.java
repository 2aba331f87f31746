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

/** The bits that a configuration gives each layer of a graph. */
final class LayerChoice {

    private LayerChoice() {}

    /**
     * Names of the nodes that stay in floats, layers and those that read tables.
     *
     * @throws io.reflux.model.graph.ModelException if a pattern matches none
     */
    static Set<String> kept(ModelGraph graph, LayersConfig config) {
        GraphLinks links = GraphLinks.of(graph);
        List<String> names = new ArrayList<>();
        graph.nodes().stream()
                .filter(node -> Layers.isQuantizable(graph, links, node))
                .forEach(node -> names.add(node.name()));
        names.addAll(TableInsertion.readers(graph));
        return new NamePatterns("keep", "a layer", config.keep()).select(names);
    }

    /** @throws io.reflux.model.graph.ModelException if a pattern matches no layer */
    static Function<GraphNode, LayerBits> of(ModelGraph graph, LayersConfig config) {
        GraphLinks links = GraphLinks.of(graph);
        List<String> layers = graph.nodes().stream()
                .filter(node -> Layers.isQuantizable(graph, links, node))
                .map(GraphNode::name)
                .toList();
        Set<String> kept = kept(graph, config);
        LayerBits bits = new LayerBits(config.weightBits(), config.activationBits());
        int atEnds = config.endBits();
        LayerBits ends = new LayerBits(
                Math.max(bits.weights(), atEnds), bits.activations() == 0 ? 0 : Math.max(bits.activations(), atEnds));
        return node -> {
            int place = layers.indexOf(node.name());
            boolean isEnd = place == 0 || place == layers.size() - 1;
            return kept.contains(node.name()) ? LayerBits.FLOAT : isEnd ? ends : bits;
        };
    }
}

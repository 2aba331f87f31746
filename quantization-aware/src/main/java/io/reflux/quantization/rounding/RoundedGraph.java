package io.reflux.quantization.rounding;

import io.reflux.model.graph.ModelGraph;
import java.util.List;

/**
 * A graph with learned rounding.
 *
 * @param graph with its weights as floats that are integers times scales already, behind their pairs
 * @param layers what was done, in order; one entry for all where logits were kept
 */
public record RoundedGraph(ModelGraph graph, List<RoundedLayer> layers) {

    public RoundedGraph {
        layers = List.copyOf(layers);
    }
}

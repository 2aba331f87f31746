package io.reflux.quantization.ptq;

import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.rewrite.WeightStorage;
import java.util.List;

/**
 * A graph in which pairs of QuantizeLinear and DequantizeLinear stand where its target wants them.
 *
 * @param trainable with its weights as floats behind their pairs
 * @param layers names of the layers whose weights are quantised
 * @param notices what its user should know, a line each: layers that stay in floats, channels that are always 0
 */
public record QuantizedGraph(ModelGraph trainable, List<String> layers, List<String> notices) {

    public QuantizedGraph {
        layers = List.copyOf(layers);
        notices = List.copyOf(notices);
    }

    /** The same graph with its weights as integers, as it is shipped; it computes the same. */
    public ModelGraph stored() {
        return WeightStorage.store(trainable);
    }
}

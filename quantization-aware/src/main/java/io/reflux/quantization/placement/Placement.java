package io.reflux.quantization.placement;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.target.Target;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What of a graph is quantised.
 *
 * @param activations by value, in the order of the graph
 * @param weights in the order of the graph
 * @param layers names of the nodes whose weights are quantised, those that were before included, in the order of the graph
 */
public record Placement(
        Map<String, QuantizedActivation> activations, List<QuantizedWeight> weights, List<String> layers) {

    public Placement {
        activations = Collections.unmodifiableMap(new LinkedHashMap<>(activations));
        weights = List.copyOf(weights);
        layers = List.copyOf(layers);
    }

    /**
     * Finds the places.
     *
     * <p>What is quantised already, by a DequantizeLinear before a layer, stays as it is.
     *
     * @param bits of each layer that could be quantised, asked once each
     * @throws io.reflux.model.graph.ModelException if the target has no integers of so many bits
     */
    public static Placement of(ModelGraph graph, Target target, Function<GraphNode, LayerBits> bits) {
        return of(graph, target, bits, WeightGroups.NONE);
    }

    /** As {@link #of(ModelGraph, Target, Function)}, with scales for groups of weights. */
    public static Placement of(
            ModelGraph graph, Target target, Function<GraphNode, LayerBits> bits, WeightGroups groups) {
        return new Placer(graph, target, bits, groups).place();
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return activations.isEmpty() && weights.isEmpty();
    }

    /** The values that have to be calibrated. */
    public List<String> calibrated() {
        return activations.values().stream()
                .filter(QuantizedActivation::isCalibrated)
                .map(QuantizedActivation::value)
                .toList();
    }
}

package io.reflux.quantization.ptq;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.Layers;
import io.reflux.quantization.placement.Placement;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.qparams.QParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the user of a quantised graph should know, a line each: layers that stay in floats, channels that are always 0, weights
 * that are there more than once.
 *
 * @param floats the graph before
 */
record Notices(ModelGraph floats, Placement placement) {

    /** Of weights with these qparams. */
    List<String> of(Map<QuantizedWeight, List<QParams>> weights) {
        List<String> notices = new ArrayList<>();
        Set<String> quantized = Set.copyOf(placement.layers());
        String inFloats = floats.nodes().stream()
                .filter(node -> Layers.weight(floats, node).isPresent() && !quantized.contains(node.name()))
                .map(GraphNode::label)
                .collect(Collectors.joining(", "));
        if (!inFloats.isEmpty()) {
            notices.add("in floats: " + inFloats);
        }
        weights.forEach((weight, qparams) -> {
            GraphTensor tensor = floats.initializers().get(weight.tensor());
            long dead = deadChannels(tensor, weight);
            if (dead > 0) {
                notices.add(
                        "weight " + weight.tensor() + ": " + dead + " of " + qparams.size() + " channels are all 0");
            }
        });
        placement.weights().stream()
                .filter(weight -> placement.weights().stream()
                                .filter(other -> other.tensor().equals(weight.tensor()))
                                .count()
                        > 1)
                .map(QuantizedWeight::tensor)
                .distinct()
                .forEach(
                        tensor -> notices.add("weight " + tensor + ": quantised once for each way its layers read it"));
        return notices;
    }

    private static long deadChannels(GraphTensor tensor, QuantizedWeight weight) {
        int[] places = weight.granularity().places(tensor.shape());
        float[] values = tensor.floats();
        boolean[] alive = new boolean[Arrays.stream(places).max().orElse(-1) + 1];
        for (int i = 0; i < values.length; i++) {
            alive[places[i]] |= values[i] != 0;
        }
        long dead = 0;
        for (boolean living : alive) {
            dead += living ? 0 : 1;
        }
        return dead;
    }
}

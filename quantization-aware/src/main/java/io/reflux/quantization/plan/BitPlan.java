package io.reflux.quantization.plan;

import io.reflux.model.graph.GraphNode;
import io.reflux.quantization.placement.LayerBits;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Bits for each layer of a network.
 *
 * @param profile what was measured of the network
 * @param bits by layer, one for each of the profile, in its order
 */
public record BitPlan(NetworkProfile profile, Map<String, LayerBits> bits) {

    public BitPlan {
        bits = Collections.unmodifiableMap(new LinkedHashMap<>(bits));
    }

    /** The same measurements with other bits, in the order of the layers. */
    static BitPlan of(NetworkProfile profile, List<LayerOption> chosen) {
        Map<String, LayerBits> bits = new LinkedHashMap<>();
        for (int i = 0; i < chosen.size(); i++) {
            bits.put(profile.layers().get(i).name(), chosen.get(i).bits());
        }
        return new BitPlan(profile, bits);
    }

    /** As a quantizer asks for them; nodes that are not in the plan stay in floats. */
    public Function<GraphNode, LayerBits> choice() {
        Map<String, LayerBits> all = new HashMap<>(bits);
        profile.layers().forEach(layer -> layer.sharing().forEach(other -> all.put(other, bits.get(layer.name()))));
        return node -> all.getOrDefault(node.name(), LayerBits.FLOAT);
    }

    /** Mean bits of the numbers in all weights. */
    public double averageBits() {
        double sum = 0;
        for (LayerProfile layer : profile.layers()) {
            LayerBits chosen = bits.get(layer.name());
            sum += (double) layer.elements() * (chosen.isFloat() ? Budget.FLOAT_BITS : chosen.weights());
        }
        return sum / profile.elements();
    }
}

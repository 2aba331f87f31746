package io.reflux.quantization.ptq;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.placement.WeightGroups;
import java.util.List;
import java.util.function.Function;

/**
 * Which layers are quantised, and to how many bits.
 *
 * @param weightBits bits of the weights, as the target has them
 * @param activationBits bits of what layers read, as the target has them; 0 = floats, so that only weights are quantised
 * @param endBits bits that the first and the last layer have at least, 1 to 8 (Esser et al. 2020, sec. 3: 8)
 * @param keep patterns of names of the layers that stay in floats, {@code *} for any characters
 * @param groups which weights share a scale where only weights are quantised
 * @param tables whether tables that rows are gathered of get 8 bits, too, where the target has them
 */
public record LayersConfig(
        int weightBits, int activationBits, int endBits, List<String> keep, WeightGroups groups, boolean tables) {

    /** 8 bits everywhere. */
    public static final LayersConfig INT8 = new LayersConfig(8, 8, 8, List.of());

    /** @throws ModelException if endBits is out of range, or layers with groups read integers; the other bits are the target's to refuse */
    public LayersConfig {
        if (endBits < 1 || endBits > 8) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "endBits: " + endBits + " (expected: 1 to 8)");
        }
        if (groups.areThere() && activationBits != 0) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "groupSize: " + groups.size() + " (expected: 0, since activationBits is " + activationBits + ")");
        }
        keep = List.copyOf(keep);
    }

    /** A scale for each output, and tables in 8 bits. */
    public LayersConfig(int weightBits, int activationBits, int endBits, List<String> keep) {
        this(weightBits, activationBits, endBits, keep, WeightGroups.NONE, true);
    }

    /** The same layers in other bits. */
    public LayersConfig withBits(int weights, int activations, int ends) {
        return new LayersConfig(weights, activations, ends, keep, groups, tables);
    }

    /**
     * The bits of each layer of a graph.
     *
     * @throws ModelException if a pattern matches no layer
     */
    public Function<GraphNode, LayerBits> choice(ModelGraph graph) {
        return LayerChoice.of(graph, this).bits();
    }
}

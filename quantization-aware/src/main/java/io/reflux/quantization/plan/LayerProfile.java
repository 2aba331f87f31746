package io.reflux.quantization.plan;

import io.reflux.quantization.placement.LayerBits;
import java.util.List;
import java.util.Optional;

/**
 * A layer and what it can be.
 *
 * @param name of the node
 * @param sharing names of other nodes that read the same weight the same way; they get the same bits
 * @param elements numbers in its weight
 * @param options what was measured, each bits once; empty where nothing was
 */
public record LayerProfile(String name, List<String> sharing, long elements, List<LayerOption> options) {

    public LayerProfile {
        sharing = List.copyOf(sharing);
        options = List.copyOf(options);
    }

    /** What was measured with these bits. */
    public Optional<LayerOption> option(LayerBits bits) {
        return options.stream().filter(option -> option.bits().equals(bits)).findFirst();
    }
}

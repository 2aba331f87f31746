package io.reflux.quantization.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of a network's layers.
 *
 * @param network {@linkplain NetworkDigest digest} of its layers
 * @param model SHA-256 of the file that was measured
 * @param target label of the target that it is quantised for
 * @param metric what sensitivities are: {@code kl} or {@code hessian}
 * @param samples that were measured with
 * @param floatBytes of the file in floats
 * @param otherBytes of a quantised file, beside those of its layers
 * @param milliseconds of a call with one sample, all layers in integers; null = not measured
 * @param layers in the order of the graph
 */
public record NetworkProfile(
        String network,
        String model,
        String target,
        String metric,
        long samples,
        long floatBytes,
        long otherBytes,
        @Nullable Double milliseconds,
        List<LayerProfile> layers) {

    public NetworkProfile {
        layers = List.copyOf(layers);
    }

    /** Numbers in all weights. */
    public long elements() {
        return layers.stream().mapToLong(LayerProfile::elements).sum();
    }
}

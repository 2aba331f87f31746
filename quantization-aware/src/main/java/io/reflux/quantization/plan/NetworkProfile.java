package io.reflux.quantization.plan;

import io.reflux.quantization.latency.LayerTimes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /**
     * The same with times: options of a layer in integers take none that is not in {@link #milliseconds}, the one in floats what
     * a call takes longer with it.
     */
    public NetworkProfile withTimes(LayerTimes times) {
        Map<String, Double> extra = new HashMap<>();
        times.layers().forEach(time -> extra.put(time.layer(), time.extraInFloats()));
        List<LayerProfile> timed = layers.stream()
                .map(layer -> new LayerProfile(
                        layer.name(),
                        layer.sharing(),
                        layer.elements(),
                        layer.options().stream()
                                .map(option -> new LayerOption(
                                        option.bits(),
                                        option.sensitivity(),
                                        option.bytes(),
                                        option.bits().isFloat() ? extra(extra, layer) : 0.0))
                                .toList()))
                .toList();
        return new NetworkProfile(
                network, model, target, metric, samples, floatBytes, otherBytes, times.integers(), timed);
    }

    private static double extra(Map<String, Double> extra, LayerProfile layer) {
        double sum = extra.getOrDefault(layer.name(), 0.0);
        for (String other : layer.sharing()) {
            sum += extra.getOrDefault(other, 0.0);
        }
        return sum;
    }
}

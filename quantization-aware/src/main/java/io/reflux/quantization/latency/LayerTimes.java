package io.reflux.quantization.latency;

import java.util.List;

/**
 * The time of each layer.
 *
 * @param layers in the order of the network
 */
public record LayerTimes(List<LayerTime> layers) {

    /** Nothing was timed. */
    public static final LayerTimes NONE = new LayerTimes(List.of());

    public LayerTimes {
        layers = List.copyOf(layers);
    }

    /** Times each layer; one that seems slower in integers is timed once more, and counts only if it is again. */
    public static LayerTimes measure(List<String> layers, LayerTimer timer) {
        return new LayerTimes(layers.stream()
                .map(layer -> {
                    LayerTime first = timer.time(layer);
                    return first.isSlowerInIntegers() ? timer.time(layer) : first;
                })
                .toList());
    }

    /** Those that make the network faster by staying in floats. */
    public List<LayerTime> slowerInIntegers() {
        return layers.stream().filter(LayerTime::isSlowerInIntegers).toList();
    }

    /** Milliseconds of a call with all layers in integers: the median of all measurements; 0 of none. */
    public double integers() {
        List<Double> sorted = layers.stream().map(LayerTime::integers).sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    }
}

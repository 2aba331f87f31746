package io.reflux.quantization.placement;

import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.Scheme;
import java.util.List;

/**
 * A constant that is quantised for some of its readers.
 *
 * @param tensor name of the initialiser
 * @param layers names of the nodes that read it quantised
 * @param input which of their inputs it is
 */
public record QuantizedWeight(String tensor, List<String> layers, int input, Granularity granularity, Scheme scheme) {

    public QuantizedWeight {
        layers = List.copyOf(layers);
    }
}

package io.reflux.quantization.sensitivity;

import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.ptq.QuantizedGraph;
import java.util.List;

/** The divergence that is measured when the layers alone are quantised. */
public record KlSensitivity(Divergence divergence) implements Sensitivity {

    /** As plans name it. */
    public static final String METRIC = "kl";

    @Override
    public String metric() {
        return METRIC;
    }

    @Override
    public double of(List<String> layers, LayerBits bits, QuantizedGraph quantized) {
        return divergence.of(quantized.stored());
    }
}

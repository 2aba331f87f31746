package io.reflux.quantization.sensitivity;

import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.ptq.QuantizedGraph;
import java.util.List;

/** What a network loses when a part of it is quantised. */
public interface Sensitivity {

    /** As plans name it: {@code kl} or {@code hessian}. */
    String metric();

    /**
     * The loss, &ge; 0.
     *
     * @param layers names of the layers that are quantised; they read one weight
     * @param bits their bits
     * @param quantized the network in which they alone are
     */
    double of(List<String> layers, LayerBits bits, QuantizedGraph quantized);
}

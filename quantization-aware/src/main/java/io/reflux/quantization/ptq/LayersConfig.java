package io.reflux.quantization.ptq;

import io.reflux.model.graph.ModelException;
import java.util.List;

/**
 * Which layers are quantised, and to how many bits.
 *
 * @param weightBits bits of the weights, as the target has them
 * @param activationBits bits of what layers read, as the target has them; 0 = floats, so that only weights are quantised
 * @param endBits bits that the first and the last layer have at least, 1 to 8 (Esser et al. 2020, sec. 3: 8)
 * @param keep patterns of names of the layers that stay in floats, {@code *} for any characters
 */
public record LayersConfig(int weightBits, int activationBits, int endBits, List<String> keep) {

    /** 8 bits everywhere. */
    public static final LayersConfig INT8 = new LayersConfig(8, 8, 8, List.of());

    /** @throws ModelException if endBits is out of range; the other bits are the target's to refuse */
    public LayersConfig {
        if (endBits < 1 || endBits > 8) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT, "endBits: " + endBits + " (expected: 1 to 8)");
        }
        keep = List.copyOf(keep);
    }
}

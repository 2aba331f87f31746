package io.reflux.quantization.plan;

import io.reflux.model.graph.ModelException;
import io.reflux.quantization.placement.LayerBits;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of a layer with certain bits.
 *
 * @param bits its bits
 * @param sensitivity loss when it alone is quantised, in the unit of the metric, finite and &ge; 0; 0 in floats
 * @param bytes of its weight with all that belongs to it in a file, &ge; 0
 * @param extraMilliseconds what a call takes longer than with all layers in integers, may be negative; null = not measured
 */
public record LayerOption(
        LayerBits bits,
        double sensitivity,
        long bytes,
        @Nullable Double extraMilliseconds) {

    public LayerOption {
        if (!Double.isFinite(sensitivity) || sensitivity < 0) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "sensitivity: " + sensitivity + " (expected: finite and >= 0)");
        }
        if (bytes < 0) {
            throw new ModelException(ModelException.Code.INVALID_ARGUMENT, "bytes: " + bytes + " (expected: >= 0)");
        }
    }
}

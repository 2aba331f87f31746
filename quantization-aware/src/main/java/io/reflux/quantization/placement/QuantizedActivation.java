package io.reflux.quantization.placement;

import io.reflux.quantization.qparams.Range;
import io.reflux.quantization.qparams.Scheme;
import org.jspecify.annotations.Nullable;

/**
 * A value that is quantised where it is made.
 *
 * @param value its name
 * @param qparamsOf the value whose qparams it has: itself, or what was moved to make it
 * @param scheme its integers
 * @param bounds the values it can have at all, where a Clip says so; null = any
 */
public record QuantizedActivation(
        String value,
        String qparamsOf,
        Scheme scheme,
        @Nullable Range bounds) {

    /** Whether it has qparams of its own, and so has to be calibrated. */
    public boolean isCalibrated() {
        return value.equals(qparamsOf);
    }
}

package io.reflux.quantization.ptq;

import io.reflux.quantization.rounding.RoundingConfig;

/**
 * What is done for accuracy beside choosing ranges.
 *
 * @param equalize whether scales move from layer to layer first, so that all channels of a weight have the same range
 * @param biasCorrection whether biases take back what rounded weights shift on average
 * @param rounding how weights become integers
 */
public record RefinementConfig(boolean equalize, boolean biasCorrection, RoundingConfig rounding) {

    /** Nothing. */
    public static final RefinementConfig NONE = new RefinementConfig(false, false, RoundingConfig.NEAREST);

    /** Whether samples are needed even where all ranges are known. */
    boolean needsSamples() {
        return biasCorrection || rounding instanceof RoundingConfig.Learned;
    }
}

package io.reflux.quantization.placement;

import io.reflux.quantization.qparams.QParams;

/**
 * Scales that leave biases room. Engines add a bias as a 32-bit integer in units of inputScale · weightScale: where all weights
 * of an output are next to nothing, as behind a normalisation whose γ is, a unit that fits them is so small that the bias
 * would be clamped, to next to nothing, too. A scale that is large enough for the bias turns such weights to 0, which is what
 * they add to it.
 */
public final class BiasRoom {

    /** Of the 31 bits of a bias, one is left for corrections. */
    private static final double MOST = 0x1p30;

    private BiasRoom() {}

    /**
     * The least scale of an output's weights.
     *
     * @param bias of the output
     * @param inputScale of what the layer reads
     * @param weight how its weights are quantised: those of few bits may be stored as multiples, in units so much smaller
     */
    public static float leastScale(float bias, float inputScale, QParams weight) {
        double multiples = (Byte.MAX_VALUE + 1.0) / (weight.quantMax() + 1.0);
        return (float) (Math.abs(bias) * multiples / (inputScale * MOST));
    }
}

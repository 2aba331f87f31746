package io.reflux.quantization.latency;

/**
 * What a layer's integers cost in time, in the network that it is in.
 *
 * @param layer its name
 * @param integers milliseconds of a call with all layers in integers
 * @param floats milliseconds of a call with this layer in floats
 */
public record LayerTime(String layer, double integers, double floats) {

    /** What a call must gain by floats, as a part of it, to count: less is noise. */
    private static final double NOISE = 0.02;

    /** Milliseconds that a call takes longer with this layer in floats; negative where it is slower in integers. */
    public double extraInFloats() {
        return floats - integers;
    }

    /** Whether the network is faster with this layer in floats. */
    public boolean isSlowerInIntegers() {
        return floats < integers * (1 - NOISE);
    }
}

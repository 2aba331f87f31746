package io.reflux.quantization.latency;

/** Times a network in integers against itself with one layer in floats. */
@FunctionalInterface
public interface LayerTimer {

    /** Times one layer. */
    LayerTime time(String layer);
}

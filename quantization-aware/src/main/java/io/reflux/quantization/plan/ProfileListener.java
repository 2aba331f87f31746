package io.reflux.quantization.plan;

/** Hears of each option as soon as it is measured. */
@FunctionalInterface
public interface ProfileListener {

    /** Nobody listens. */
    ProfileListener NONE = (done, total, layer, option) -> {};

    /**
     * An option is measured.
     *
     * @param done options measured so far, this one included
     * @param total options to be measured
     * @param layer name of its layer
     */
    void measured(int done, int total, String layer, LayerOption option);
}

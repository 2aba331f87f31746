package io.reflux.student.recipe;

import org.jspecify.annotations.Nullable;

/**
 * What is done with gradients and weights around the optimiser.
 *
 * @param clipNorm largest 2-norm of all gradients together; 0 for any
 * @param accumulate batches of one update, at least 1
 * @param ema decay of the average of the weights, in [0, 1); 0 for none
 */
public record UpdateConfig(double clipNorm, int accumulate, double ema) {
    static final UpdateConfig DEFAULT = new UpdateConfig(0, 1, 0);

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public UpdateConfig {
        Setting.atLeast("clipNorm", clipNorm, 0);
        Setting.atLeast("accumulate", accumulate, 1);
        Setting.inRange("ema", ema, 0, 1);
    }

    static UpdateConfig of(@Nullable Double clipNorm, @Nullable Integer accumulate, @Nullable Double ema) {
        return new UpdateConfig(
                clipNorm == null ? 0 : clipNorm, accumulate == null ? 1 : accumulate, ema == null ? 0 : ema);
    }
}

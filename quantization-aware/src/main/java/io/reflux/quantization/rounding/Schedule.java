package io.reflux.quantization.rounding;

/**
 * How hard shares are pulled to 0 and 1 (Nagel et al. 2020, sec. 5): not at all in the first fifth, then by a power that
 * falls from 20 to 2, so that at first only those near 0 and 1 are, and all of them in the end.
 *
 * @param iterations of all, &ge; 1
 * @param weight of the pull
 */
record Schedule(int iterations, double weight) {

    private static final double WARM_UP = 0.2;

    private static final double FIRST_POWER = 20;

    private static final double LAST_POWER = 2;

    /** The weight of the pull in a step, from 0. */
    double weight(int step) {
        return step < WARM_UP * iterations ? 0 : weight;
    }

    /** The power of the pull in a step: half a cosine. */
    double power(int step) {
        double part = Math.max(0, (step - WARM_UP * iterations) / ((1 - WARM_UP) * iterations));
        return LAST_POWER + 0.5 * (FIRST_POWER - LAST_POWER) * (1 + Math.cos(Math.PI * Math.min(1, part)));
    }
}

package io.reflux.model.zoo;

/** Numbers of channels under a width multiplier. */
final class Channels {

    private Channels() {}

    /** The product rounded to the nearest number, at least 1. */
    static int scaled(int channels, double width) {
        return Math.max(1, (int) Math.round(channels * width));
    }

    /**
     * The product rounded to the nearest multiple of 8, at least 8, and one step up where that loses more than a tenth, as
     * MobileNets are scaled (Sandler et al. 2018, arXiv:1801.04381).
     */
    static int scaledToEights(int channels, double width) {
        double exact = channels * width;
        int rounded = Math.max(8, (int) (exact + 4) / 8 * 8);
        return rounded < 0.9 * exact ? rounded + 8 : rounded;
    }
}

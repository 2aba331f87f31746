package io.reflux.model.zoo;

/**
 * A convolution with a square kernel.
 *
 * @param padding zeros on each side
 * @param groups groups of channels that do not meet; divides channels and filters
 * @param bias whether each filter has one; batch normalisation makes it superfluous
 */
record Convolution(int filters, int kernel, int stride, int padding, int groups, boolean bias) {

    /** Without padding, of stride 1, with bias: a side shrinks by kernel − 1. */
    static Convolution valid(int filters, int kernel) {
        return new Convolution(filters, kernel, 1, 0, 1, true);
    }

    /** Padded so that a side becomes ⌈side / stride⌉ with an odd kernel; without bias. */
    static Convolution same(int filters, int kernel, int stride) {
        return new Convolution(filters, kernel, stride, kernel / 2, 1, false);
    }

    /** One filter for each of the channels. */
    static Convolution depthwise(int channels, int stride) {
        return new Convolution(channels, 3, stride, 1, channels, false);
    }

    Convolution withBias() {
        return new Convolution(filters, kernel, stride, padding, groups, true);
    }

    int output(int side) {
        return (side + 2 * padding - kernel) / stride + 1;
    }
}

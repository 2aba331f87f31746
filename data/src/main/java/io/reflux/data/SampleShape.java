package io.reflux.data;

/**
 * Shape of one image, stored as channel planes (C x H x W, row-major).
 *
 * @param channels C, at least 1
 * @param height H in pixels, at least 1
 * @param width W in pixels, at least 1
 */
public record SampleShape(int channels, int height, int width) {

    /** Largest number of elements of one sample: 64 Mi, a bound for what hostile headers may claim. */
    public static final int MAX_ELEMENTS = 1 << 26;

    /** @throws IllegalArgumentException if a dimension is below 1 or the product is above {@link #MAX_ELEMENTS} */
    public SampleShape {
        checkPositive("channels", channels);
        checkPositive("height", height);
        checkPositive("width", width);
        // Two ints multiply within a long; the third factor is tested by dividing.
        if ((long) height * width > MAX_ELEMENTS / channels) {
            throw new IllegalArgumentException("shape: %d x %d x %d (expected: at most %d elements)"
                    .formatted(channels, height, width, MAX_ELEMENTS));
        }
    }

    /** Number of elements of one sample, C·H·W. */
    public int elements() {
        return channels * height * width;
    }

    /** The dimensions as {C, H, W}; a new array. */
    public int[] dimensions() {
        return new int[] {channels, height, width};
    }

    @Override
    public String toString() {
        return channels + "x" + height + "x" + width;
    }

    private static void checkPositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s: %d (expected: >= 1)".formatted(name, value));
        }
    }
}

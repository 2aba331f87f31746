package io.reflux.quantization.equalization;

import java.util.Arrays;

/**
 * Which channel each element of a constant belongs to.
 *
 * @param tensor name of the initialiser
 * @param channels for each element, row-major, its channel
 */
@SuppressWarnings("ArrayRecordComponent")
record ChannelSlices(String tensor, int[] channels) {

    /** Elements along an axis, in runs: run r belongs to channel r / runLength. */
    static ChannelSlices along(String tensor, long[] shape, int axis, int runLength) {
        int inner = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            inner *= (int) shape[i];
        }
        int[] channels = new int[size(shape)];
        for (int i = 0; i < channels.length; i++) {
            channels[i] = i / inner % (int) shape[axis] / runLength;
        }
        return new ChannelSlices(tensor, channels);
    }

    /**
     * The inputs of a convolution O×I×kernel, whose groups each read I channels of their own.
     *
     * @param groups a divisor of O
     */
    static ChannelSlices inputsOf(String tensor, long[] shape, int groups) {
        int outputs = (int) shape[0];
        int inputs = (int) shape[1];
        int kernel = size(shape) / outputs / inputs;
        int[] channels = new int[size(shape)];
        for (int i = 0; i < channels.length; i++) {
            int group = i / kernel / inputs / (outputs / groups);
            channels[i] = group * inputs + i / kernel % inputs;
        }
        return new ChannelSlices(tensor, channels);
    }

    /** The largest magnitude of each channel. */
    double[] ranges(double[] values, int numChannels) {
        double[] ranges = new double[numChannels];
        for (int i = 0; i < values.length; i++) {
            ranges[channels[i]] = Math.max(ranges[channels[i]], Math.abs(values[i]));
        }
        return ranges;
    }

    /** Multiplies each element by its channel's factor. */
    void multiply(double[] values, double[] factors) {
        Arrays.setAll(values, i -> values[i] * factors[channels[i]]);
    }

    private static int size(long[] shape) {
        return Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    }
}

package io.reflux.model.script;

import ai.djl.Device;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.precision.CpuSupport;
import java.util.List;

/**
 * Which of libtorch's kernels a script's dense layers use, in fp32. It depends on device and processor alone, so that the
 * same machine computes the same numbers bit for bit.
 */
public enum Kernels {
    /** What libtorch chooses by itself: for every device. */
    LIBTORCH,

    /**
     * oneDNN in the place of MKL, which keeps processors that are not Intel's from its AVX-512 code: half the time for
     * large layers, on an AMD EPYC.
     */
    ONEDNN;

    /** Multiplications for a sample, from which on oneDNN's larger cost of a call pays. */
    private static final long LARGE = 1 << 18;

    /**
     * Positions of a sample from which on the layer trains as a convolution of 1×1: the only one of oneDNN's products with
     * gradients that gains. {@code mkldnn_linear} was slower in a script: a step of the MLP took 7.5 ms in the place of
     * 6.1.
     */
    private static final long IMAGE = 16;

    private static final Kernels OF_PROCESSOR = CpuSupport.read().mklIsSlow() ? ONEDNN : LIBTORCH;

    /** The fastest on a device. */
    public static Kernels of(Device device) {
        return device.isGpu() ? LIBTORCH : OF_PROCESSOR;
    }

    /**
     * An expression of y = x · weightᵀ + bias in fp32.
     *
     * @param training whether gradients are to flow
     * @param shape of x: …×K; -1 = free
     * @param x its variable
     * @param weight N×K
     * @param outputs N
     * @param bias N, or {@code None}
     */
    String linear(boolean training, List<Long> shape, String x, String weight, long outputs, String bias) {
        long inputs = shape.get(shape.size() - 1);
        long positions = shape.subList(1, shape.size() - 1).stream().reduce(1L, (a, b) -> a * b);
        boolean pays = positions >= (training ? IMAGE : 1) && inputs * outputs * positions >= LARGE;
        if (this == LIBTORCH || !pays) {
            return "torch.linear(" + x + ", " + weight + ", " + bias + ")";
        }
        if (!training) {
            return "ops.mkldnn._linear_pointwise(" + x + ", " + weight + ", " + bias
                    + ", \"none\", annotate(List[Optional[number]], []), \"\")";
        }
        // B×T×K is B×K×1×T with the channels last: nothing moves.
        String image = "torch.permute(torch.reshape(" + x + ", " + ScriptText.ints(-1, 1, positions, inputs)
                + "), [0, 3, 1, 2])";
        String kernel = "torch.reshape(" + weight + ", " + ScriptText.ints(outputs, inputs, 1, 1) + ")";
        String size = shape.subList(1, shape.size() - 1).toString();
        return "torch.reshape(torch.permute(torch.conv2d(" + image + ", " + kernel + ", " + bias
                + "), [0, 2, 3, 1]), [-1, " + size.substring(1, size.length() - 1) + ", " + outputs + "])";
    }
}

package io.reflux.model.script;

import io.reflux.model.operator.spi.Activation;
import io.reflux.model.operator.spi.DenseLayer;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.ScriptText;
import java.util.List;

/** Dense layers by oneDNN: in fp32, where they are large enough to pay for its larger cost of a call. */
final class DenseKernels {

    /** How oneDNN wants to have a weight N×K. */
    static final String LAYOUT = "ops.mkldnn._reorder_linear_weight({w}, None)";

    /** Multiplications for a sample, from which on it pays. */
    private static final long LARGE = 1 << 18;

    /**
     * Positions of a sample from which on the layer trains as a convolution of 1×1: the only one of oneDNN's products with
     * gradients that gains. {@code mkldnn_linear} was slower in a script: a step of the MLP took 7.5 ms in the place of
     * 6.1.
     */
    private static final long IMAGE = 16;

    private DenseKernels() {}

    static boolean pays(DenseLayer layer, NodeContext context, boolean training) {
        return isLarge(layer, context) && (!training || positions(context.shape(layer.x())) >= IMAGE);
    }

    static boolean isLarge(DenseLayer layer, NodeContext context) {
        List<Long> shape = context.shape(layer.x());
        long positions = positions(shape);
        return positions >= 1 && shape.get(shape.size() - 1) * layer.outputs(context) * positions >= LARGE;
    }

    /** left · rightᵀ, without gradients. */
    static String product(String left, String right) {
        return pointwise(left, right, "None", Activation.NONE);
    }

    /** The layer cut out of autograd: a value that gradients are asked for as if it were fed in. */
    static String leaf(String x, String weight, String bias) {
        String detached = bias.equals("None") ? bias : "torch.detach(" + bias + ")";
        return "torch.requires_grad_("
                + pointwise("torch.detach(" + x + ")", "torch.detach(" + weight + ")", detached, Activation.NONE)
                + ", True)";
    }

    /** The layer without gradients, its activation included. */
    static String pointwise(String x, String weight, String bias, Activation activation) {
        return activation.appliedBy("ops.mkldnn._linear_pointwise(" + x + ", " + weight + ", " + bias);
    }

    /**
     * The layer with gradients, its activation left out. B×T×K is B×K×1×T with the channels last: nothing moves.
     *
     * @param shape of x; -1 = free
     */
    static String image(List<Long> shape, String x, String weight, long outputs, String bias) {
        long inputs = shape.get(shape.size() - 1);
        String image = "torch.permute(torch.reshape(" + x + ", " + ScriptText.ints(-1, 1, positions(shape), inputs)
                + "), [0, 3, 1, 2])";
        String kernel = "torch.reshape(" + weight + ", " + ScriptText.ints(outputs, inputs, 1, 1) + ")";
        String size = shape.subList(1, shape.size() - 1).toString();
        return "torch.reshape(torch.permute(torch.conv2d(" + image + ", " + kernel + ", " + bias
                + "), [0, 2, 3, 1]), [-1, " + size.substring(1, size.length() - 1) + ", " + outputs + "])";
    }

    private static long positions(List<Long> shape) {
        return shape.subList(1, shape.size() - 1).stream().reduce(1L, (a, b) -> a * b);
    }
}

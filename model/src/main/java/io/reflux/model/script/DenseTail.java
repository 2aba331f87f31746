package io.reflux.model.script;

import java.util.List;

/**
 * Dense layers at the end of a graph through which a training step takes the gradients itself. libtorch differentiates a
 * dense layer in fp32 by MKL alone; where oneDNN is twice as fast, the training method cuts autograd at these layers and
 * returns, behind its outputs, x and y of each, the first layer first.
 *
 * <p>The values between the layers have one reader each, so that autograd runs once through each of the pieces that the
 * cuts leave: piece 0 ends at the first layer's x, piece j lies behind the j-th layer, the last one ends at the loss.
 *
 * @param layers the layers that are cut out
 * @param pieces places of the parameters in each piece, one list more than layers
 */
public record DenseTail(List<Layer> layers, List<List<Integer>> pieces) {

    /** Nothing is cut. */
    static final DenseTail NONE = new DenseTail(List.of(), List.of());

    /**
     * One of the layers.
     *
     * @param weight place of its weight among the parameters
     * @param bias place of its bias; -1 = it has none
     * @param outputsFirst whether the weight is N×K
     */
    public record Layer(int weight, int bias, boolean outputsFirst) {

        /** A script expression: gradient of the weight, from x B×K and the gradient of y, B×N. */
        public String gradientOfWeight(String x, String gradient) {
            String left = outputsFirst ? gradient : x;
            String right = outputsFirst ? x : gradient;
            return DenseKernels.product("torch.t(" + left + ")", "torch.t(" + right + ")");
        }

        /** A script expression: gradient of x, from the gradient of y. */
        public String gradientOfX(String gradient) {
            String parameter = "torch.detach(p[" + weight + "])";
            return DenseKernels.product(gradient, outputsFirst ? "torch.t(" + parameter + ")" : parameter);
        }
    }

    public DenseTail {
        layers = List.copyOf(layers);
        pieces = pieces.stream().map(List::copyOf).toList();
    }
}

package io.reflux.model.zoo;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import java.util.List;

/**
 * LeNet-5 as Caffe ships it, without squashing after the convolutions: conv 20@5×5 → max pool → conv 50@5×5 → max pool
 * → 500 with ReLU → classes. 431,080 parameters for 1×28×28 and 10 classes.
 */
final class LeNet5 {

    private static final int KERNEL = 5;
    /** The smallest side that leaves one element after two valid 5×5 kernels and two halvings. */
    private static final int MIN_SIDE = 16;

    private LeNet5() {}

    static ModelGraph build(ZooSpec spec) {
        List<Integer> shape = spec.inputShape();
        if (shape.size() != 3 || shape.get(1) < MIN_SIDE || shape.get(2) < MIN_SIDE) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "inputShape: " + shape + " (expected: channels, height, width with sides >= " + MIN_SIDE + " for "
                            + spec.name() + ")");
        }
        int features = Math.multiplyExact(50, Math.multiplyExact(reduced(shape.get(1)), reduced(shape.get(2))));
        return new LayerStack(spec)
                .convolution("conv1", shape.get(0), 20, KERNEL)
                .maxPool("pool1")
                .convolution("conv2", 20, 50, KERNEL)
                .maxPool("pool2")
                .flatten()
                .linear("fc1", features, 500)
                .relu("relu1")
                .logits("fc2", 500);
    }

    /** What two rounds of a valid 5×5 kernel and a halving leave of a side. */
    private static int reduced(int side) {
        return ((side - KERNEL + 1) / 2 - KERNEL + 1) / 2;
    }
}

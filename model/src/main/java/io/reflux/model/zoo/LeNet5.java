package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.List;
import java.util.Set;

/**
 * LeNet-5 as Caffe ships it, without squashing after the convolutions: conv 20@5×5 → max pool → conv 50@5×5 → max pool
 * → 500 with ReLU → classes. 431,080 parameters for 1×28×28 and 10 classes.
 */
final class LeNet5 implements ModelFamily {

    /** The smallest side that leaves one element after two valid 5×5 kernels and two halvings. */
    private static final int MIN_SIDE = 16;

    @Override
    public List<String> names() {
        return List.of(Zoo.LENET_5);
    }

    @Override
    public Set<ZooSetting> settings() {
        return Set.of();
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        spec.requireImages(MIN_SIDE);
        return new LayerStack(spec)
                .convolution("conv1", Convolution.valid(20, 5))
                .maxPool("pool1", 2, 2)
                .convolution("conv2", Convolution.valid(50, 5))
                .maxPool("pool2", 2, 2)
                .flatten()
                .linear("fc1", 500)
                .relu("relu1")
                .logits("fc2");
    }
}

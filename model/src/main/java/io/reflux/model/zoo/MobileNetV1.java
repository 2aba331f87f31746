package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * MobileNet (Howard et al. 2017, arXiv:1704.04861): a convolution, then 13 pairs of a 3×3 convolution of each channel by
 * itself and a 1×1 convolution, each with batch normalisation and ReLU. The {@code cifar} stem does not halve the image in
 * the first layer. With {@code width: 0.25} and 3×96×96 it is MLPerf Tiny's network for visual wake words, but for the biases that its reference has
 * in front of the normalisations, where they change nothing.
 */
final class MobileNetV1 implements ModelFamily {

    private static final int[] FILTERS = {64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024};

    @Override
    public List<String> names() {
        return List.of("mobilenet-v1");
    }

    @Override
    public Set<ZooSetting> settings() {
        return EnumSet.of(ZooSetting.WIDTH, ZooSetting.STEM, ZooSetting.DROPOUT);
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        spec.requireImages(1);
        double width = spec.real(ZooSetting.WIDTH, 1);
        LayerStack stack = new LayerStack(spec)
                .convolution("conv", Convolution.same(Channels.scaled(32, width), 3, spec.smallImages() ? 1 : 2))
                .batchNorm("norm")
                .relu("relu");
        for (int i = 0; i < FILTERS.length; i++) {
            String name = "block" + (i + 1);
            // The sides are halved wherever the number of filters doubles, but for the first time.
            int stride = i > 0 && FILTERS[i] > FILTERS[i - 1] ? 2 : 1;
            stack.convolution(
                            name + ".depthwise",
                            Convolution.depthwise(stack.here().channels(), stride))
                    .batchNorm(name + ".norm1")
                    .relu(name + ".relu1")
                    .convolution(name + ".pointwise", Convolution.same(Channels.scaled(FILTERS[i], width), 1, 1))
                    .batchNorm(name + ".norm2")
                    .relu(name + ".relu2");
        }
        return stack.globalAveragePool("pool")
                .dropout("dropout", spec.real(ZooSetting.DROPOUT, 0))
                .logits("fc");
    }
}

package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The small VGG of the quantisation literature (Zhang et al. 2018, "LQ-Nets", arXiv:1807.10029, sec. 4.1): two 3×3
 * convolutions each of 128, 256 and 512 filters, with batch normalisation and ReLU, a 2×2 max pool after each pair, and one
 * linear layer.
 */
final class VggSmall implements ModelFamily {

    private static final int PAIRS = 3;

    @Override
    public List<String> names() {
        return List.of("vgg-small");
    }

    @Override
    public Set<ZooSetting> settings() {
        return EnumSet.of(ZooSetting.WIDTH, ZooSetting.DROPOUT);
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        spec.requireImages(1 << PAIRS);
        LayerStack stack = new LayerStack(spec);
        for (int layer = 1; layer <= 2 * PAIRS; layer++) {
            int pair = (layer + 1) / 2;
            int filters = Channels.scaled(64 << pair, spec.real(ZooSetting.WIDTH, 1));
            stack.convolution("conv" + layer, Convolution.same(filters, 3, 1))
                    .batchNorm("norm" + layer)
                    .relu("relu" + layer);
            if (layer % 2 == 0) {
                stack.maxPool("pool" + pair, 2, 2);
            }
        }
        return stack.flatten()
                .dropout("dropout", spec.real(ZooSetting.DROPOUT, 0))
                .logits("fc");
    }
}

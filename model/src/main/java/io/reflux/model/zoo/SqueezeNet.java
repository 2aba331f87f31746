package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * SqueezeNet 1.1 (Iandola et al. 2016, arXiv:1602.07360, in the later, cheaper form of its authors): fire modules that squeeze
 * by a 1×1 convolution and expand by 1×1 and 3×3 ones side by side, no normalisation, and a last 1×1 convolution whose
 * channels, averaged, are the classes. The {@code cifar} stem neither strides nor pools before the first fire module.
 */
final class SqueezeNet implements ModelFamily {

    private static final int[] SQUEEZED = {16, 16, 32, 32, 48, 48, 64, 64};
    private static final int EXPANSION = 4;

    @Override
    public List<String> names() {
        return List.of("squeezenet");
    }

    @Override
    public Set<ZooSetting> settings() {
        return EnumSet.of(ZooSetting.WIDTH, ZooSetting.STEM, ZooSetting.DROPOUT);
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        boolean small = spec.inputShape().size() == 3 && spec.smallImages();
        spec.requireImages(small ? 7 : 31);
        double width = spec.real(ZooSetting.WIDTH, 1);
        int first = Channels.scaled(64, width);
        LayerStack stack = new LayerStack(spec);
        if (small) {
            stack.convolution("conv", Convolution.same(first, 3, 1).withBias()).relu("relu");
        } else {
            stack.convolution("conv", new Convolution(first, 3, 2, 0, 1, true))
                    .relu("relu")
                    .maxPoolCovering("pool1", 3, 2);
        }
        for (int i = 0; i < SQUEEZED.length; i++) {
            if (i == 2 || i == 4) {
                stack.maxPoolCovering("pool" + (i / 2 + 1), 3, 2);
            }
            int squeezed = Channels.scaled(SQUEEZED[i], width);
            fire(stack, "fire" + (i + 1), squeezed, EXPANSION * squeezed);
        }
        return stack.dropout("dropout", spec.real(ZooSetting.DROPOUT, 0.5))
                .convolution(
                        "classes", Convolution.same(spec.numClasses(), 1, 1).withBias())
                .relu("classes.relu")
                .averageChannels("average")
                .channelsAsLogits();
    }

    private static void fire(LayerStack stack, String name, int squeezed, int expanded) {
        Feature narrow = stack.convolution(
                        name + ".squeeze", Convolution.same(squeezed, 1, 1).withBias())
                .relu(name + ".squeeze.relu")
                .here();
        Feature points = stack.convolution(
                        name + ".expand1", Convolution.same(expanded, 1, 1).withBias())
                .relu(name + ".expand1.relu")
                .here();
        stack.from(narrow)
                .convolution(name + ".expand3", Convolution.same(expanded, 3, 1).withBias())
                .relu(name + ".expand3.relu")
                .behind(name + ".concat", points);
    }
}

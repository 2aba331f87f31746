package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.List;
import java.util.Set;

/**
 * The residual network of MLPerf Tiny's image classification (Banbury et al. 2021, arXiv:2106.07597): a convolution and
 * three residual blocks of 16, 32 and 64 filters. As in its reference implementation convolutions have biases, and shapes
 * are matched by a 1×1 convolution that is not normalised; unlike there, strided convolutions pad both sides alike. 78,186
 * parameters for 3×32×32 and 10 classes, 78,666 with the running statistics.
 */
final class ResNet8 implements ModelFamily {

    @Override
    public List<String> names() {
        return List.of("resnet-8");
    }

    @Override
    public Set<ZooSetting> settings() {
        return Set.of(ZooSetting.WIDTH);
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        spec.requireImages(1);
        double width = spec.real(ZooSetting.WIDTH, 1);
        LayerStack stack = new LayerStack(spec)
                .convolution(
                        "conv",
                        Convolution.same(Channels.scaled(16, width), 3, 1).withBias())
                .batchNorm("norm")
                .relu("relu");
        for (int block = 1; block <= 3; block++) {
            block(stack, "block" + block, Channels.scaled(8 << block, width), block == 1 ? 1 : 2);
        }
        return stack.globalAveragePool("pool").logits("fc");
    }

    private static void block(LayerStack stack, String name, int filters, int stride) {
        Feature input = stack.here();
        Feature shortcut = stride == 1
                ? input
                : stack.convolution(
                                name + ".shortcut",
                                Convolution.same(filters, 1, stride).withBias())
                        .here();
        stack.from(input)
                .convolution(
                        name + ".conv1", Convolution.same(filters, 3, stride).withBias())
                .batchNorm(name + ".norm1")
                .relu(name + ".relu1")
                .convolution(name + ".conv2", Convolution.same(filters, 3, 1).withBias())
                .batchNorm(name + ".norm2")
                .plus(name + ".add", shortcut)
                .relu(name + ".relu2");
    }
}

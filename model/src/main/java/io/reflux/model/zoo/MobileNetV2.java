package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381, table 2): blocks that widen by a 1×1 convolution, filter each channel by
 * itself, and narrow again without an activation; narrow values are added where shapes allow. The {@code cifar} stem does
 * not halve the image in the first layer and in the second stage.
 */
final class MobileNetV2 implements ModelFamily {

    private static final int LAST = 1280;

    /** One row of the paper's table. */
    private record Stage(int expansion, int filters, int blocks, int stride) {}

    private static final List<Stage> STAGES = List.of(
            new Stage(1, 16, 1, 1),
            new Stage(6, 24, 2, 2),
            new Stage(6, 32, 3, 2),
            new Stage(6, 64, 4, 2),
            new Stage(6, 96, 3, 1),
            new Stage(6, 160, 3, 2),
            new Stage(6, 320, 1, 1));

    @Override
    public List<String> names() {
        return List.of("mobilenet-v2");
    }

    @Override
    public Set<ZooSetting> settings() {
        return EnumSet.of(ZooSetting.WIDTH, ZooSetting.STEM, ZooSetting.DROPOUT);
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        spec.requireImages(1);
        double width = spec.real(ZooSetting.WIDTH, 1);
        LayerStack stack = new LayerStack(spec);
        int first = Channels.scaledToEights(32, width);
        activated(stack, "first", Convolution.same(first, 3, spec.smallImages() ? 1 : 2));
        for (int stage = 1; stage <= STAGES.size(); stage++) {
            Stage row = STAGES.get(stage - 1);
            int filters = Channels.scaledToEights(row.filters(), width);
            boolean halves = row.stride() == 2 && !(stage == 2 && spec.smallImages());
            for (int block = 1; block <= row.blocks(); block++) {
                String name = "stage" + stage + ".block" + block;
                block(stack, name, row.expansion(), filters, block == 1 && halves ? 2 : 1);
            }
        }
        // The last layer is not made narrower: few channels would tell few classes apart.
        activated(stack, "last", Convolution.same(Channels.scaledToEights(LAST, Math.max(1, width)), 1, 1));
        return stack.globalAveragePool("pool")
                .dropout("dropout", spec.real(ZooSetting.DROPOUT, 0))
                .logits("fc");
    }

    private static void block(LayerStack stack, String name, int expansion, int filters, int stride) {
        Feature input = stack.here();
        if (expansion > 1) {
            activated(stack, name + ".expand", Convolution.same(expansion * input.channels(), 1, 1));
        }
        activated(stack, name + ".depthwise", Convolution.depthwise(stack.here().channels(), stride));
        stack.convolution(name + ".project", Convolution.same(filters, 1, 1)).batchNorm(name + ".project.norm");
        if (stride == 1 && input.channels() == filters) {
            stack.plus(name + ".add", input);
        }
    }

    private static void activated(LayerStack stack, String name, Convolution convolution) {
        stack.convolution(name, convolution).batchNorm(name + ".norm").relu6(name + ".relu6");
    }
}

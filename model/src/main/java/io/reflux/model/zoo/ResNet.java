package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Residual networks for small images: a convolution and 3 stages of n blocks with 16, 32 and 64 filters, 6n + 2 layers with
 * weights. {@code resnet-N} activates behind the sum (He et al. 2016, arXiv:1512.03385, sec. 4.2), {@code preresnet-N} in
 * front of each convolution (arXiv:1603.05027, with basic blocks). Where shapes differ the shortcut is the paper's option A,
 * every second pixel and channels of zeros, without parameters; or B, a 1×1 convolution.
 */
final class ResNet implements ModelFamily {

    private static final Pattern NAME = Pattern.compile("(pre)?resnet-(\\d{1,4})");
    private static final int STAGES = 3;

    @Override
    public List<String> names() {
        return List.of(
                "resnet-20",
                "resnet-32",
                "resnet-44",
                "resnet-56",
                "resnet-110",
                "preresnet-20",
                "preresnet-56",
                "preresnet-110");
    }

    /** Any 6n + 2 but 8, which is MLPerf Tiny's other network. */
    @Override
    public boolean knows(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() && blocks(matcher) >= 1 && !name.equals("resnet-8");
    }

    @Override
    public Set<ZooSetting> settings() {
        return EnumSet.of(ZooSetting.WIDTH, ZooSetting.SHORTCUT);
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        spec.requireImages(1);
        Matcher matcher = NAME.matcher(spec.name());
        if (!matcher.matches()) {
            throw new IllegalStateException(spec.name() + ": not of this family (expected: resnet-N or preresnet-N)");
        }
        double width = spec.real(ZooSetting.WIDTH, 1);
        boolean project = spec.text(ZooSetting.SHORTCUT, "B").equals("B");
        int first = Channels.scaled(16, width);
        if (matcher.group(1) != null) {
            PreActivation blocks = new PreActivation(new LayerStack(spec), project, 0);
            return blocks.build(
                    first, List.of(first, Channels.scaled(32, width), Channels.scaled(64, width)), blocks(matcher));
        }
        LayerStack stack = new LayerStack(spec)
                .convolution("conv", Convolution.same(first, 3, 1))
                .batchNorm("norm")
                .relu("relu");
        for (int stage = 1; stage <= STAGES; stage++) {
            for (int block = 1; block <= blocks(matcher); block++) {
                int stride = stage > 1 && block == 1 ? 2 : 1;
                String name = "stage" + stage + ".block" + block;
                block(stack, name, Channels.scaled(8 << stage, width), stride, project);
            }
        }
        return stack.globalAveragePool("pool").logits("fc");
    }

    private static void block(LayerStack stack, String name, int filters, int stride, boolean project) {
        Feature input = stack.here();
        Feature shortcut = input;
        if (stride > 1) {
            shortcut = project
                    ? stack.convolution(name + ".shortcut", Convolution.same(filters, 1, stride))
                            .batchNorm(name + ".shortcut.norm")
                            .here()
                    : stack.subsample(name + ".shortcut", stride)
                            .zeroChannels(name + ".shortcut.pad", filters)
                            .here();
        }
        stack.from(input)
                .convolution(name + ".conv1", Convolution.same(filters, 3, stride))
                .batchNorm(name + ".norm1")
                .relu(name + ".relu1")
                .convolution(name + ".conv2", Convolution.same(filters, 3, 1))
                .batchNorm(name + ".norm2")
                .plus(name + ".add", shortcut)
                .relu(name + ".relu2");
    }

    /** n of N = 6n + 2, or 0. */
    private static int blocks(Matcher matcher) {
        int layers = Integer.parseInt(matcher.group(2));
        return layers % 6 == 2 ? layers / 6 : 0;
    }
}

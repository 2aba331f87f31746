package io.reflux.benchmarks.step;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** The zoo's networks in DJL's own blocks. */
final class DjlBlocks {

    private DjlBlocks() {}

    /** Whether DJL has blocks for a network: it has no attention that sees only what came before. */
    static boolean know(Workload.Network network) {
        return network != Workload.Network.GPT;
    }

    static Block of(Workload.Network network) {
        return switch (network) {
            case TINY -> linear(2);
            case MLP -> linear(800, 800);
            case LENET_5 -> leNet5();
            case RESNET_20 -> resNet20();
            case MOBILENET_V1 -> mobileNetV1();
            case GPT -> throw new IllegalArgumentException("gpt: no DJL blocks (expected: another network)");
        };
    }

    private static SequentialBlock linear(int... hidden) {
        SequentialBlock block = new SequentialBlock().add(Blocks.batchFlattenBlock());
        for (int units : hidden) {
            block.add(Linear.builder().setUnits(units).build()).add(Activation::relu);
        }
        return block.add(Linear.builder().setUnits(10).build());
    }

    private static SequentialBlock leNet5() {
        return new SequentialBlock()
                .add(Conv2d.builder()
                        .setKernelShape(new Shape(5, 5))
                        .setFilters(20)
                        .build())
                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                .add(Conv2d.builder()
                        .setKernelShape(new Shape(5, 5))
                        .setFilters(50)
                        .build())
                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(500).build())
                .add(Activation::relu)
                .add(Linear.builder().setUnits(10).build());
    }

    private static SequentialBlock resNet20() {
        SequentialBlock block = normed(new SequentialBlock(), 16, 3, 1, 1).add(Activation::relu);
        for (int filters : new int[] {16, 32, 64}) {
            for (int i = 0; i < 3; i++) {
                int stride = filters > 16 && i == 0 ? 2 : 1;
                SequentialBlock path =
                        normed(new SequentialBlock(), filters, 3, stride, 1).add(Activation::relu);
                normed(path, filters, 3, 1, 1);
                SequentialBlock shortcut = stride == 1
                        ? new SequentialBlock().add(Blocks.identityBlock())
                        : normed(new SequentialBlock(), filters, 1, stride, 1);
                block.add(new ParallelBlock(
                        lists -> new NDList(Activation.relu(
                                lists.get(0).singletonOrThrow().add(lists.get(1).singletonOrThrow()))),
                        List.of(path, shortcut)));
            }
        }
        return head(block);
    }

    private static SequentialBlock mobileNetV1() {
        int[] filters = {64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024};
        int[] strides = {1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1};
        int channels = 8;
        SequentialBlock block = normed(new SequentialBlock(), channels, 3, 1, 1).add(Activation::relu);
        for (int i = 0; i < filters.length; i++) {
            normed(block, channels, 3, strides[i], channels).add(Activation::relu);
            channels = filters[i] / 4;
            normed(block, channels, 1, 1, 1).add(Activation::relu);
        }
        return head(block);
    }

    private static SequentialBlock head(SequentialBlock block) {
        return block.add(Pool.globalAvgPool2dBlock())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(10).build());
    }

    private static SequentialBlock normed(SequentialBlock block, int filters, int kernel, int stride, int groups) {
        return block.add(Conv2d.builder()
                        .setKernelShape(new Shape(kernel, kernel))
                        .setFilters(filters)
                        .optStride(new Shape(stride, stride))
                        .optPadding(new Shape(kernel / 2, kernel / 2))
                        .optGroups(groups)
                        .optBias(false)
                        .build())
                .add(BatchNorm.builder().build());
    }
}

package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.List;

/**
 * Residual blocks that normalise and activate in front of each convolution, so that the sums themselves are never touched
 * (He et al. 2016, arXiv:1603.05027): norm → ReLU → conv → norm → ReLU → (dropout) → conv. Where shapes differ the shortcut
 * starts behind the first activation.
 */
final class PreActivation {

    private final LayerStack stack;
    private final boolean project;
    private final double dropout;

    /**
     * @param project whether the shortcut is a 1×1 convolution where shapes differ; else every second pixel and zeros
     * @param dropout share dropped between the convolutions of a block, in [0, 1)
     */
    PreActivation(LayerStack stack, boolean project, double dropout) {
        this.stack = stack;
        this.project = project;
        this.dropout = dropout;
    }

    /** The whole network: a first convolution, stages of blocks that halve the sides from the second on, and the classes. */
    ModelGraph build(int firstFilters, List<Integer> stageFilters, int blocks) {
        stack.convolution("conv", Convolution.same(firstFilters, 3, 1));
        int stage = 1;
        for (int filters : stageFilters) {
            for (int block = 1; block <= blocks; block++) {
                block("stage" + stage + ".block" + block, filters, stage > 1 && block == 1 ? 2 : 1);
            }
            stage++;
        }
        return stack.batchNorm("norm").relu("relu").globalAveragePool("pool").logits("fc");
    }

    private void block(String name, int filters, int stride) {
        Feature shortcut = stack.here();
        Feature activated =
                stack.batchNorm(name + ".norm1").relu(name + ".relu1").here();
        if (stride > 1 || filters != shortcut.channels()) {
            shortcut = project
                    ? stack.convolution(name + ".shortcut", Convolution.same(filters, 1, stride))
                            .here()
                    : stack.subsample(name + ".shortcut", stride)
                            .zeroChannels(name + ".shortcut.pad", filters)
                            .here();
        }
        stack.from(activated)
                .convolution(name + ".conv1", Convolution.same(filters, 3, stride))
                .batchNorm(name + ".norm2")
                .relu(name + ".relu2")
                .dropout(name + ".dropout", dropout)
                .convolution(name + ".conv2", Convolution.same(filters, 3, 1))
                .plus(name + ".add", shortcut);
    }
}

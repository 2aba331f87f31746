package io.reflux.model.zoo;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A language model in the manner of GPT-2 (Radford et al. 2019): learned positions, blocks normalised before attention and
 * before their linear layers, GELU, and logits for the next token of each position. Token ids B×T to logits B×T×V, where
 * the number of classes is the vocabulary V. Each token sees itself and those before it.
 */
final class Gpt implements ModelFamily {

    @Override
    public List<String> names() {
        return List.of("gpt");
    }

    @Override
    public Set<ZooSetting> settings() {
        return EnumSet.of(
                ZooSetting.DEPTH,
                ZooSetting.HEADS,
                ZooSetting.EMBEDDING,
                ZooSetting.DROPOUT,
                ZooSetting.BIAS,
                ZooSetting.TIE_WEIGHTS);
    }

    @Override
    public Initialization initialization() {
        return Initialization.SMALL_NORMAL;
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        int blocks = spec.count(ZooSetting.DEPTH, 4);
        int vocabulary = spec.numClasses();
        TokenStack stack = new TokenStack(spec, vocabulary, blocks);
        int length = spec.inputShape().get(0);
        stack.initializer(causal(length));
        for (int block = 1; block <= blocks; block++) {
            stack.block(block, "causal");
        }
        stack.norm("norm");
        if (!spec.flag(ZooSetting.TIE_WEIGHTS, true)) {
            stack.weights("head.weight", 1, stack.width(), vocabulary);
            return stack.logits("MatMul", List.of(stack.here(), "head.weight"), Attributes.NONE, length, vocabulary);
        }
        // Gemm reads the embedding as it lies, so that embedding and last layer are one tensor.
        stack.reshape("rows", -1, stack.width());
        Attributes transposed = Attributes.NONE.withInt("transB", 1);
        stack.add("Gemm", "head", transposed, stack.here(), "tokens.embedding");
        stack.initializer(GraphTensor.of("logits.shape", new long[] {3}, new long[] {-1, length, vocabulary}));
        return stack.logits("Reshape", List.of(stack.here(), "logits.shape"), Attributes.NONE, length, vocabulary);
    }

    /** Which token (column) each token (row) may see, 1×1×T×T. */
    private static GraphTensor causal(int length) {
        long[] allowed = new long[length * length];
        for (int row = 0; row < length; row++) {
            for (int column = 0; column <= row; column++) {
                allowed[row * length + column] = 1;
            }
        }
        return GraphTensor.of("causal", ElementType.BOOL, new long[] {1, 1, length, length}, allowed);
    }
}

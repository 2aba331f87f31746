package io.reflux.model.zoo;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A classifier of short texts: the encoder of a transformer (Vaswani et al. 2017), normalised before each part as the
 * language model is, then the mean of the tokens, or the first, and one linear layer. Token ids B×T to logits B×C. Tokens of
 * id 0 are padding: no token sees them, and the mean leaves them out.
 */
final class TransformerEncoder implements ModelFamily {

    private static final int USUAL_VOCABULARY = 10_000;
    /** ONNX's number for 32-bit floats. */
    private static final int FLOAT = 1;

    @Override
    public List<String> names() {
        return List.of("transformer-encoder");
    }

    @Override
    public Set<ZooSetting> settings() {
        return EnumSet.of(
                ZooSetting.DEPTH,
                ZooSetting.HEADS,
                ZooSetting.EMBEDDING,
                ZooSetting.DROPOUT,
                ZooSetting.BIAS,
                ZooSetting.POOLING,
                ZooSetting.VOCABULARY);
    }

    @Override
    public Initialization initialization() {
        return Initialization.SMALL_NORMAL;
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        int blocks = spec.count(ZooSetting.DEPTH, 4);
        TokenStack stack = new TokenStack(spec, spec.count(ZooSetting.VOCABULARY, USUAL_VOCABULARY), blocks);
        int length = spec.inputShape().get(0);
        String embedded = stack.here();
        stack.initializer(GraphTensor.of("padding", new long[0], new long[] {0}))
                .add("Equal", "isPadding", "tokens", "padding")
                .add("Not", "isWord", stack.here());
        String words = stack.here();
        stack.reshape("visible", 0, 1, 1, length);
        String visible = stack.here();
        stack.from(embedded);
        for (int block = 1; block <= blocks; block++) {
            stack.block(block, visible);
        }
        stack.norm("norm");
        pool(stack, spec.text(ZooSetting.POOLING, "mean"), words, length);
        int classes = spec.numClasses();
        stack.weights("head.weight", 1, stack.width(), classes);
        stack.initializer(GraphTensor.of("head.bias", new long[] {classes}, new float[classes]));
        return stack.logits("Gemm", List.of(stack.here(), "head.weight", "head.bias"), Attributes.NONE, classes);
    }

    private static void pool(TokenStack stack, String pooling, String words, int length) {
        String tokens = stack.here();
        if (pooling.equals("first")) {
            stack.initializer(GraphTensor.of("first", new long[0], new long[] {0}))
                    .add("Gather", "pool", TokenStack.axis(1), tokens, "first");
            return;
        }
        stack.from(words)
                .reshape("counted", 0, length, 1)
                .add("Cast", "kept", Attributes.NONE.withInt("to", FLOAT), stack.here());
        String kept = stack.here();
        stack.initializer(GraphTensor.of("tokens.axis", new long[] {1}, new long[] {1}));
        Attributes dropAxis = Attributes.NONE.withInt("keepdims", 0);
        stack.add("ReduceSum", "words", dropAxis, kept, "tokens.axis");
        String count = stack.here();
        // A sample of padding alone has the mean 0.
        stack.scalar("one", 1);
        stack.add("Max", "words.some", count, "one");
        String divisor = stack.here();
        stack.add("Mul", "pool.kept", tokens, kept).add("ReduceSum", "pool.sum", dropAxis, stack.here(), "tokens.axis");
        stack.add("Div", "pool", stack.here(), divisor);
    }
}

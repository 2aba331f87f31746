package io.reflux.model.zoo;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ModelGraph;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Vision transformer (Dosovitskiy et al. 2021, arXiv:2010.11929) of the tiny size of DeiT (Touvron et al. 2021,
 * arXiv:2012.12877, table 1): 12 blocks, 192 numbers a token, 3 heads. Patches of 16 pixels, or 4 for sides below 64, become
 * tokens; a learnt token in front of them gathers what the classes are told from. Attention is written out as MatMul and
 * Softmax, which every runtime reads and which exporters write; needs operator set 20 for Gelu.
 *
 * <p>Shapes: B samples, T tokens, W numbers a token, H heads of D = W / H numbers.
 */
final class VisionTransformer implements ModelFamily {

    private static final int OPSET = 20;
    private static final int MLP_FACTOR = 4;
    private static final float EPSILON = 1e-6f;
    private static final Attributes NONE = Attributes.NONE;

    @Override
    public List<String> names() {
        return List.of("vit-tiny");
    }

    @Override
    public Set<ZooSetting> settings() {
        return EnumSet.of(
                ZooSetting.PATCH_SIZE, ZooSetting.DEPTH, ZooSetting.EMBEDDING, ZooSetting.HEADS, ZooSetting.DROPOUT);
    }

    @Override
    public Initialization initialization() {
        return Initialization.TRUNCATED_NORMAL;
    }

    @Override
    public ModelGraph build(ZooSpec spec) {
        spec.requireImages(1);
        int patch = spec.count(ZooSetting.PATCH_SIZE, spec.smallImages() ? 4 : 16);
        int width = spec.count(ZooSetting.EMBEDDING, 192);
        int heads = spec.count(ZooSetting.HEADS, 3);
        ZooSpec.require(width % heads == 0, "embedding", width, "a multiple of heads, " + heads);
        int rows = spec.inputShape().get(1);
        int columns = spec.inputShape().get(2);
        ZooSpec.require(
                rows % patch == 0 && columns % patch == 0,
                "patchSize",
                patch,
                "a divisor of " + rows + " and " + columns);
        int tokens = rows / patch * (columns / patch) + 1;
        LayerStack stack = new LayerStack(spec).opset(OPSET);
        embed(stack, patch, width, tokens);
        double dropout = spec.real(ZooSetting.DROPOUT, 0);
        stack.dropout("embed.dropout", dropout);
        for (int block = 1; block <= spec.count(ZooSetting.DEPTH, 12); block++) {
            block(stack, "block" + block, heads, dropout);
        }
        norm(stack, "norm");
        stack.integers("first", 0)
                .add("Gather", "pick", List.of(stack.here().value(), "first"), List.of(1, width), axis(1))
                .flatten();
        return stack.logits("head");
    }

    /** C×rows×columns to T×W: a token from each patch, the learnt one in front, and where each stands. */
    private static void embed(LayerStack stack, int patch, int width, int tokens) {
        int patches = tokens - 1;
        stack.convolution("patches", new Convolution(width, patch, patch, 0, 1, true));
        Feature cut = stack.here();
        stack.integers("patches.shape", 0, width, patches)
                .add("Reshape", "patches.rows", List.of(cut.value(), "patches.shape"), List.of(width, patches), NONE);
        Feature turned = transposed(stack, "patches.tokens", List.of(patches, width), 0, 2, 1);
        stack.weights("class", 1, 1, 1, 1, width);
        stack.weights("position", 1, 1, 1, tokens, width);
        stack.integers("class.tail", 1, width)
                .add("Shape", "batch", List.of(cut.value()), List.of(1), Attributes.NONE.withInt("end", 1))
                .add("Concat", "class.shape", List.of(stack.here().value(), "class.tail"), List.of(3), axis(0))
                .add(
                        "Expand",
                        "class.rows",
                        List.of("class.weight", stack.here().value()),
                        List.of(1, width),
                        NONE)
                .add("Concat", "tokens", List.of(stack.here().value(), turned.value()), List.of(tokens, width), axis(1))
                .add("Add", "embed", List.of(stack.here().value(), "position.weight"), List.of(tokens, width), NONE);
    }

    private static void block(LayerStack stack, String name, int heads, double dropout) {
        Feature residual = stack.here();
        norm(stack, name + ".norm1");
        attention(stack, name + ".attention", heads);
        stack.dropout(name + ".dropout1", dropout).plus(name + ".add1", residual);
        residual = stack.here();
        int width = residual.shape().get(1);
        norm(stack, name + ".norm2");
        linear(stack, name + ".fc1", MLP_FACTOR * width);
        stack.add(
                "Gelu",
                name + ".gelu",
                List.of(stack.here().value()),
                stack.here().shape(),
                NONE);
        linear(stack, name + ".fc2", width);
        stack.dropout(name + ".dropout2", dropout).plus(name + ".add2", residual);
    }

    /** softmax(Q·Kᵀ / √D)·V for each head (Vaswani et al. 2017, arXiv:1706.03762, sec. 3.2), then a linear layer. */
    private static void attention(LayerStack stack, String name, int heads) {
        Feature input = stack.here();
        int tokens = input.shape().get(0);
        int width = input.shape().get(1);
        int depth = width / heads;
        List<Integer> split = List.of(heads, tokens, depth);
        stack.integers(name + ".split", 0, tokens, heads, depth).integers(name + ".join", 0, tokens, width);
        Feature queries = heads(stack.from(input), name + ".query", split, 0, 2, 1, 3);
        Feature keys = heads(stack.from(input), name + ".key", List.of(heads, depth, tokens), 0, 2, 3, 1);
        Feature values = heads(stack.from(input), name + ".value", split, 0, 2, 1, 3);
        List<Integer> square = List.of(heads, tokens, tokens);
        stack.scalar(name + ".scale", (float) (1 / Math.sqrt(depth)))
                .add("MatMul", name + ".products", List.of(queries.value(), keys.value()), square, NONE)
                .add("Mul", name + ".scaled", List.of(stack.here().value(), name + ".scale"), square, NONE)
                .add("Softmax", name + ".shares", List.of(stack.here().value()), square, axis(-1))
                .add("MatMul", name + ".mixed", List.of(stack.here().value(), values.value()), split, NONE);
        transposed(stack, name + ".turned", List.of(tokens, heads, depth), 0, 2, 1, 3);
        stack.add(
                "Reshape",
                name + ".joined",
                List.of(stack.here().value(), name + ".join"),
                List.of(tokens, width),
                NONE);
        linear(stack, name + ".out", width);
    }

    /** A linear layer whose numbers are split among the heads and turned as asked. */
    private static Feature heads(LayerStack stack, String name, List<Integer> shape, long... order) {
        String split = name.substring(0, name.lastIndexOf('.')) + ".split";
        linear(stack, name, stack.here().shape().get(1));
        stack.add(
                "Reshape",
                name + ".heads",
                List.of(stack.here().value(), split),
                stack.here().shape(),
                NONE);
        return transposed(stack, name + ".turned", shape, order);
    }

    private static Feature transposed(LayerStack stack, String name, List<Integer> shape, long... order) {
        return stack.add(
                        "Transpose",
                        name,
                        List.of(stack.here().value()),
                        shape,
                        Attributes.NONE.withInts("perm", order))
                .here();
    }

    /** T×inputs to T×outputs. */
    private static void linear(LayerStack stack, String name, int outputs) {
        Feature input = stack.here();
        int inputs = input.shape().get(1);
        List<Integer> shape = List.of(input.shape().get(0), outputs);
        stack.weights(name, inputs, outputs, inputs, outputs);
        stack.constant(name + ".bias", 0, outputs);
        stack.add("MatMul", name, List.of(input.value(), name + ".weight"), shape, NONE)
                .add("Add", name + ".biased", List.of(stack.here().value(), name + ".bias"), shape, NONE);
    }

    private static void norm(LayerStack stack, String name) {
        Feature input = stack.here();
        int width = input.shape().get(1);
        stack.constant(name + ".scale", 1, width);
        stack.constant(name + ".bias", 0, width);
        stack.add(
                "LayerNormalization",
                name,
                List.of(input.value(), name + ".scale", name + ".bias"),
                input.shape(),
                axis(-1).withFloat("epsilon", EPSILON));
    }

    private static Attributes axis(long axis) {
        return Attributes.NONE.withInt("axis", axis);
    }
}

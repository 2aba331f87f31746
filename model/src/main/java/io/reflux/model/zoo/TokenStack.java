package io.reflux.model.zoo;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The layers of a transformer over token ids, one after the other.
 *
 * <p>Shapes: B samples, T tokens of each, W numbers that stand for a token, H heads of D = W / H numbers. Matrices lie as
 * W×outputs; all weights are drawn from a normal law of deviation 0.02, those that end a residual branch from one of
 * 0.02 / √(2 · blocks) (Radford et al. 2019, "Language models are unsupervised multitask learners", sec. 2.3), unless the
 * spec asks for another.
 */
final class TokenStack {

    /** Softmax makes exactly 0 of it beside any logit, and unlike minus infinity it cannot turn into NaN. */
    private static final float NEVER = -3.0e38f;

    private static final float EPSILON = 1e-5f;
    private static final int MLP_FACTOR = 4;
    /** The first operator set that has Gelu. */
    private static final int OPSET = 20;

    private final ZooSpec spec;
    private final ModelGraphBuilder graph;
    private final int length;
    private final int width;
    private final int heads;
    private final int blocks;
    private final boolean bias;
    private final double dropout;
    private String here;
    private int tensors;

    /** Begins with the embeddings of tokens and of their positions, added. */
    TokenStack(ZooSpec spec, int vocabulary, int blocks) {
        ZooSpec.require(
                spec.inputShape().size() == 1,
                "inputShape",
                spec.inputShape(),
                "tokens of a sample for " + spec.name());
        this.spec = spec;
        this.blocks = blocks;
        this.length = spec.inputShape().get(0);
        this.width = spec.count(ZooSetting.EMBEDDING, 128);
        this.heads = spec.count(ZooSetting.HEADS, 4);
        this.bias = spec.flag(ZooSetting.BIAS, false);
        this.dropout = spec.real(ZooSetting.DROPOUT, 0);
        ZooSpec.require(width % heads == 0, "embedding", width, "a multiple of heads, " + heads);
        this.graph = ModelGraph.builder(spec.name())
                .opset(OPSET)
                .input("tokens", ElementType.INT64, -1, length)
                .metadata("reflux.classes", Integer.toString(spec.numClasses()));
        this.here = "tokens";
        weights("tokens.embedding", 1, vocabulary, width);
        weights("positions.embedding", 1, length, width);
        add("Gather", "embed", "tokens.embedding", "tokens");
        add("Add", "place", here, "positions.embedding");
        dropout("embed.dropout");
    }

    /** The value that the next layer takes. */
    String here() {
        return here;
    }

    /** Goes on from another value. */
    TokenStack from(String value) {
        here = value;
        return this;
    }

    int width() {
        return width;
    }

    /**
     * One block: attention, then two linear layers with GELU, each normalised first and added to what it took.
     *
     * @param allowed value or initialiser of booleans that stretches to B×H×T×T: which token (last) each one may see
     */
    TokenStack block(int index, String allowed) {
        String name = "block" + index;
        String residual = here;
        norm(name + ".norm1").attention(name + ".attention", allowed);
        dropout(name + ".dropout1").plus(name + ".add1", residual);
        residual = here;
        norm(name + ".norm2").linear(name + ".fc1", width, MLP_FACTOR * width, 1);
        add("Gelu", name + ".gelu", here);
        linear(name + ".fc2", MLP_FACTOR * width, width, residualScale());
        return dropout(name + ".dropout2").plus(name + ".add2", residual);
    }

    private double residualScale() {
        return 1 / Math.sqrt(2.0 * blocks);
    }

    /** softmax(Q·Kᵀ / √D where allowed)·V for each head (Vaswani et al. 2017, arXiv:1706.03762, sec. 3.2). */
    private void attention(String name, String allowed) {
        String x = here;
        int depth = width / heads;
        String queries = heads(name + ".query", x, 0, 2, 1, 3);
        String keys = heads(name + ".key", x, 0, 2, 3, 1);
        String values = heads(name + ".value", x, 0, 2, 1, 3);
        scalar(name + ".scale", (float) (1 / Math.sqrt(depth)));
        add("MatMul", name + ".products", queries, keys);
        add("Mul", name + ".scaled", here, name + ".scale");
        scalar(name + ".never", NEVER);
        add("Where", name + ".masked", allowed, here, name + ".never");
        graph.node("Softmax", name + ".shares", List.of(here), List.of(name + ".shares.out"), axis(-1));
        here = name + ".shares.out";
        dropout(name + ".dropout");
        add("MatMul", name + ".mixed", here, values);
        transpose(name + ".joined", 0, 2, 1, 3);
        reshape(name + ".flat", 0, length, width);
        linear(name + ".out", width, width, residualScale());
    }

    /** A projection, split into heads: B×T×W to B×H×T×D, or to B×H×D×T. */
    private String heads(String name, String x, long... order) {
        from(x).linear(name, width, width, 1);
        reshape(name + ".heads", 0, length, heads, width / heads);
        transpose(name + ".split", order);
        return here;
    }

    TokenStack norm(String name) {
        constant(name + ".scale", 1, width);
        if (bias) {
            constant(name + ".bias", 0, width);
        }
        List<String> inputs = bias ? List.of(here, name + ".scale", name + ".bias") : List.of(here, name + ".scale");
        graph.node(
                "LayerNormalization", name, inputs, List.of(name + ".result"), axis(-1).withFloat("epsilon", EPSILON));
        here = name + ".result";
        return this;
    }

    /** A linear layer over the last axis; with a bias where the model has them. */
    TokenStack linear(String name, int inputs, int outputs, double scale) {
        weights(name + ".weight", scale, inputs, outputs);
        add("MatMul", name, here, name + ".weight");
        if (bias) {
            constant(name + ".bias", 0, outputs);
            add("Add", name + ".biased", here, name + ".bias");
        }
        return this;
    }

    /** The sum with another value. */
    TokenStack plus(String name, String other) {
        return add("Add", name, other, here);
    }

    /** Nothing where the ratio is 0. */
    TokenStack dropout(String name) {
        if (dropout == 0) {
            return this;
        }
        scalar(name + ".ratio", (float) dropout);
        return add("Dropout", name, here, name + ".ratio");
    }

    TokenStack reshape(String name, long... shape) {
        graph.initializer(GraphTensor.of(name + ".shape", new long[] {shape.length}, shape));
        return add("Reshape", name, here, name + ".shape");
    }

    private void transpose(String name, long... order) {
        graph.node(
                "Transpose", name, List.of(here), List.of(name + ".result"), Attributes.NONE.withInts("perm", order));
        here = name + ".result";
    }

    /** Any operator with one output and no attributes. */
    TokenStack add(String operator, String name, String... inputs) {
        return add(operator, name, Attributes.NONE, inputs);
    }

    TokenStack add(String operator, String name, Attributes attributes, String... inputs) {
        graph.node(operator, name, List.of(inputs), List.of(name + ".result"), attributes);
        here = name + ".result";
        return this;
    }

    static Attributes axis(long axis) {
        return Attributes.NONE.withInt("axis", axis);
    }

    TokenStack initializer(GraphTensor tensor) {
        graph.initializer(tensor);
        return this;
    }

    void scalar(String name, float value) {
        graph.initializer(GraphTensor.of(name, new long[0], new float[] {value}));
    }

    private void constant(String name, float value, int size) {
        float[] values = new float[size];
        Arrays.fill(values, value);
        graph.initializer(GraphTensor.of(name, new long[] {size}, values));
    }

    /** A matrix whose deviation is multiplied by {@code scale}. */
    void weights(String name, double scale, long rows, long columns) {
        double size = (double) rows * columns;
        if (size > ZooSpec.MAX_ELEMENTS) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    "layer " + name + ": weights of shape " + rows + "x" + columns + " (expected: at most "
                            + ZooSpec.MAX_ELEMENTS + " numbers)");
        }
        float[] values =
                new WeightRandom(spec.seed(), tensors++).weights((int) (rows * columns), spec.drawnBy(), rows, columns);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * scale);
        }
        graph.initializer(GraphTensor.of(name, new long[] {rows, columns}, values));
    }

    /** Ends the graph with an operator whose output is called {@code logits}. */
    ModelGraph logits(String operator, List<String> inputs, Attributes attributes, long... shape) {
        return graph.node(operator, "logits", inputs, List.of("logits"), attributes)
                .output(
                        "logits",
                        ElementType.FLOAT,
                        LongStream.concat(LongStream.of(-1), LongStream.of(shape))
                                .toArray())
                .build();
    }
}

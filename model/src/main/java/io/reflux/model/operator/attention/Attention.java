package io.reflux.model.operator.attention;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/**
 * Y = softmax(scale · Q · K′ + mask) · V for each head (Vaswani et al. 2017, arXiv:1706.03762), as one fused call.
 *
 * <p>B batch, H heads, T queries, S keys, D width of a head. Q: B×H×T×D, K and V: B×G×S×D, where each of the G heads of
 * keys serves H/G heads of queries; or all three with their heads side by side: B×T×(H·D). A mask is of booleans, true =
 * is seen, or of numbers that are added; it stretches to B×H×T×S. A causal query sees the keys up to its own position.
 */
final class Attention implements Operator {

    /** The operator set that has it. */
    private static final int SINCE = 23;

    private static final int MASK = 3;

    @Override
    public String type() {
        return "Attention";
    }

    @Override
    public int since() {
        return SINCE;
    }

    @Override
    public String limits() {
        return "no cache of keys and values, no softcap, no windows";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Attributes attributes = node.attributes();
        Problems problems = new Problems(node, 3, 7).oneOutput();
        for (int i = MASK + 1; i < node.inputs().size(); i++) {
            problems.expect(!node.hasInput(i), "input " + i, node.input(i), "absent; keys and values are not cached");
        }
        float softcap = attributes.getFloat("softcap", 0);
        problems.expect(softcap == 0, "softcap", softcap, "0");
        for (String side : List.of("left_window_size", "right_window_size")) {
            problems.expect(attributes.getInt(side, -1) == -1, side, attributes.getInt(side, -1), "-1");
        }
        return problems.finite("scale", attributes.getFloat("scale", 1)).list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> q = context.shape(node.input(0));
        List<Long> k = context.shape(node.input(1));
        List<Long> v = context.shape(node.input(2));
        Shapes.requireRank("Q", q, 3, 4);
        Shapes.requireRank("K", k, q.size(), q.size());
        Shapes.requireRank("V", v, q.size(), q.size());
        long heads = heads(node, "q_num_heads", q);
        long keyHeads = heads(node, "kv_num_heads", k);
        if (heads % keyHeads != 0) {
            throw Shapes.mismatch(heads + " heads of queries", "a multiple of " + keyHeads + ", the heads of keys");
        }
        long width = width(q, heads);
        if (!Shapes.agree(width, width(k, keyHeads)) || !Shapes.agree(k.get(k.size() - 2), v.get(v.size() - 2))) {
            throw Shapes.mismatch("Q " + q + ", K " + k + " and V " + v, "heads of one width, as many keys as values");
        }
        long length = q.get(q.size() - 2);
        long keys = k.get(k.size() - 2);
        if (node.hasInput(MASK)) {
            List<Long> mask = context.shape(node.input(MASK));
            List<Long> scores = List.of(q.get(0), heads, length, keys);
            if (mask.size() < 2
                    || mask.size() > 4
                    || !Shapes.broadcast(mask, scores).equals(scores)) {
                throw Shapes.mismatch("mask " + mask, "a shape of rank 2 to 4 that stretches to " + scores);
            }
        }
        long valueWidth = width(v, keyHeads);
        return List.of(
                q.size() == 4
                        ? List.of(q.get(0), heads, length, valueWidth)
                        : List.of(q.get(0), length, Shapes.times(heads, valueWidth)));
    }

    /** Scores and their sums of values: for each pair of a query and a key, the widths of both. */
    @Override
    public long multiplyAccumulates(GraphNode node, NodeContext context) {
        List<Long> q = context.shape(node.input(0));
        List<Long> k = context.shape(node.input(1));
        long keys = Shapes.knownProduct(k.subList(k.size() - 2, k.size() - 1));
        long both = Shapes.knownProduct(q)
                + Shapes.knownProduct(outputShapes(node, context).get(0));
        return Shapes.times(keys, both);
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        List<Long> shape = out.shape(node.input(0));
        boolean sideBySide = shape.size() == 3;
        long heads = heads(node, "q_num_heads", shape);
        long keyHeads = heads(node, "kv_num_heads", out.shape(node.input(1)));
        String q = sideBySide ? split(out.value(node.input(0)), heads) : out.value(node.input(0));
        String k = sideBySide ? split(out.value(node.input(1)), keyHeads) : out.value(node.input(1));
        String v = sideBySide ? split(out.value(node.input(2)), keyHeads) : out.value(node.input(2));
        boolean causal = node.attributes().getInt("is_causal", 0) != 0;
        boolean masked = node.hasInput(MASK);
        String mask = masked ? Masks.fourAxes(out, node.input(MASK)) : "None";
        if (masked && causal) {
            boolean booleans = out.type(node.input(MASK)) == ElementType.BOOL;
            mask = Masks.causal(mask, booleans, out.value(node.input(0)), out.value(node.input(1)));
        }
        String y = "torch.scaled_dot_product_attention(" + q + ", " + k + ", " + v + ", " + mask + ", 0., "
                + ScriptText.bool(causal && !masked) + ", scale=" + scale(node, shape, heads) + ", enable_gqa="
                + ScriptText.bool(heads != keyHeads) + ")";
        out.assign(node.output(0), sideBySide ? "torch.flatten(torch.transpose(" + y + ", 1, 2), 2, -1)" : y);
    }

    /** B×T×(H·D) as B×H×T×D. */
    private static String split(String value, long heads) {
        return "torch.transpose(torch.unflatten(" + value + ", 2, [" + heads + ", -1]), 1, 2)";
    }

    private static String scale(GraphNode node, List<Long> q, long heads) {
        return node.attributes().names().contains("scale")
                ? ScriptText.number(node.attributes().getFloat("scale", 1))
                : String.valueOf(1 / Math.sqrt(width(q, heads)));
    }

    private static long heads(GraphNode node, String attribute, List<Long> shape) {
        long heads = shape.size() == 4 ? shape.get(1) : node.attributes().getInt(attribute, 0);
        if (heads < 1) {
            throw Shapes.mismatch(attribute + " " + heads + " for shape " + shape, ">= 1");
        }
        return heads;
    }

    private static long width(List<Long> shape, long heads) {
        long last = shape.get(shape.size() - 1);
        if (last == Shapes.FREE || (shape.size() == 3 && last % heads != 0)) {
            throw Shapes.mismatch("shape " + shape, "a width of known size, divisible by " + heads + " heads");
        }
        return shape.size() == 4 ? last : last / heads;
    }
}

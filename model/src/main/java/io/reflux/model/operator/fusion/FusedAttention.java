package io.reflux.model.operator.fusion;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.fusion.Scores.Kind;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torch.scaled_dot_product_attention} in the place of an {@link AttentionPattern}. Inputs: Q, K transposed, V, and
 * masks with their kinds and fills as attributes; a leading axis is lent to three axes, for the fused kernels take four.
 */
final class FusedAttention extends FusedOperator {

    /** As ONNX's own, so that it computes in the same precision. */
    static final String TYPE = "Attention";

    private static final int FIRST_MASK = 3;

    FusedAttention() {
        super(TYPE);
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.output(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        boolean lent = out.shape(node.input(0)).size() == 3;
        String q = axes(out.value(node.input(0)), lent);
        String k = axes("torch.transpose(" + out.value(node.input(1)) + ", -2, -1)", lent);
        String v = axes(out.value(node.input(2)), lent);
        boolean training = out.training().equals("True");
        String ratio = training ? ScriptText.number(node.attributes().getFloat("ratio", 0)) : "0.";
        String y = "torch.scaled_dot_product_attention(" + q + ", " + k + ", " + v + ", " + mask(node, out) + ", "
                + ratio + ", False, scale="
                + ScriptText.number(node.attributes().getFloat("scale", 1)) + ", enable_gqa=False)";
        out.assign(node.output(0), lent ? "torch.squeeze(" + y + ", 0)" : y);
    }

    private static String axes(String value, boolean lent) {
        return lent ? "torch.unsqueeze(" + value + ", 0)" : value;
    }

    private static String mask(GraphNode node, ScriptEmitter out) {
        List<String> masks = new ArrayList<>();
        int count = node.inputs().size() - FIRST_MASK;
        for (int i = 0; i < count; i++) {
            masks.add(mask(node, i, count == 1, out));
        }
        return masks.stream()
                .reduce((a, b) -> "torch.add(" + a + ", " + b + ")")
                .orElse("None");
    }

    private static String mask(GraphNode node, int i, boolean only, ScriptEmitter out) {
        Attributes attributes = node.attributes();
        String name = node.input(FIRST_MASK + i);
        Kind kind = Kind.values()[(int) attributes.getInt("kind" + i, 0)];
        int rank = out.shape(name).size();
        // The kernels take masks of two or four axes.
        String value = rank == 1 || rank == 3 ? axes(out.value(name), true) : out.value(name);
        if (kind == Kind.ADDED) {
            return value;
        }
        float fill = attributes.getFloat("fill" + i, Float.NEGATIVE_INFINITY);
        if (only && fill == Float.NEGATIVE_INFINITY) {
            return kind == Kind.KEPT ? value : "torch.logical_not(" + value + ")";
        }
        String dropped = kind == Kind.KEPT ? "torch.logical_not(" + value + ")" : value;
        String zeros = "torch.zeros_like(" + value + ", dtype=6)";
        return "torch.to(torch.masked_fill(" + zeros + ", " + dropped + ", " + ScriptText.number(fill)
                + "), ops.prim.dtype(" + out.value(node.input(0)) + "))";
    }
}

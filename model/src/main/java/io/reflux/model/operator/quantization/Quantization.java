package io.reflux.model.operator.quantization;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What quantising and dequantising have in common: x ≈ scale · (q − zeroPoint), with one scale for all of x (per tensor),
 * one for each index of an axis (per axis), or one for each {@code block_size} neighbours along an axis (per block).
 */
public final class Quantization {

    private static final int SCALE = 1;
    private static final int ZERO_POINT = 2;

    private Quantization() {}

    static Problems problems(GraphNode node, int mostInputs) {
        long block = node.attributes().getInt("block_size", 0);
        return new Problems(node, 2, mostInputs).oneOutput().expect(block >= 0, "block_size", block, ">= 0");
    }

    /** Refuses scales and zero points that do not fit the shape of x. */
    static void requireFit(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Long> scale = context.shape(node.input(SCALE));
        if (node.hasInput(ZERO_POINT) && !context.shape(node.input(ZERO_POINT)).equals(scale)) {
            throw Shapes.mismatch("zero point " + context.shape(node.input(ZERO_POINT)), scale + " as the scale");
        }
        if (isPerTensor(scale)) {
            return;
        }
        int axis = axis(node, x.size());
        long block = blockSize(node);
        List<Long> expected = new ArrayList<>(x);
        if (block > 0) {
            if (x.get(axis) == Shapes.FREE) {
                throw Shapes.mismatch("blocks along the free axis " + axis, "an axis of known size");
            }
            expected.set(axis, (x.get(axis) + block - 1) / block);
        } else {
            expected = List.of(x.get(axis));
        }
        boolean fits = scale.size() == expected.size();
        for (int i = 0; fits && i < scale.size(); i++) {
            fits = Shapes.agree(scale.get(i), expected.get(i));
        }
        if (!fits) {
            throw Shapes.mismatch("scale " + scale + " for X " + x, "one number, or " + expected);
        }
    }

    /** Whether a scale of this shape is one number. */
    public static boolean isPerTensor(List<Long> scale) {
        return scale.isEmpty() || scale.equals(List.of(1L));
    }

    /** The axis of a node, counted from the front. */
    public static int axis(GraphNode node, int rank) {
        return Shapes.axis(node.attributes().getInt("axis", 1), rank, rank);
    }

    /** Neighbours that share a scale; 0 = it is per tensor or per axis. */
    public static long blockSize(GraphNode node) {
        return node.attributes().getInt("block_size", 0);
    }

    /** The type of a node's quantised values: its zero point's; without one what the node says, else UINT8. */
    public static ElementType type(GraphNode quantize, NodeContext context) {
        return quantize.hasInput(ZERO_POINT)
                ? context.type(quantize.input(ZERO_POINT))
                : declaredType(quantize).orElse(ElementType.UINT8);
    }

    /** What a QuantizeLinear says of its output's type, from operator set 21 on. */
    static Optional<ElementType> declaredType(GraphNode quantize) {
        return ElementType.of((int) quantize.attributes().getInt("output_dtype", 0));
    }

    /** The scale, stretched to x. */
    public static String scale(GraphNode node, ScriptEmitter out) {
        return stretched(node, out, out.value(node.input(SCALE)));
    }

    /** The zero point as real numbers, stretched to x; empty without one. */
    public static String zeroPoint(GraphNode node, ScriptEmitter out) {
        if (!node.hasInput(ZERO_POINT)) {
            return "";
        }
        String real = "torch.to(" + out.value(node.input(ZERO_POINT)) + ", " + ScriptText.type(ElementType.FLOAT) + ")";
        return stretched(node, out, real);
    }

    /** A value of the shape of the scale, stretched to x. */
    public static String stretched(GraphNode node, ScriptEmitter out, String value) {
        List<Long> x = out.shape(node.input(0));
        List<Long> scale = out.shape(node.input(SCALE));
        if (isPerTensor(scale)) {
            return scale.isEmpty() ? value : "torch.reshape(" + value + ", [])";
        }
        int axis = axis(node, x.size());
        long block = blockSize(node);
        if (block > 0) {
            String repeated = "torch.repeat_interleave(" + value + ", " + block + ", " + axis + ")";
            // The last block may be shorter.
            return x.get(axis) % block == 0
                    ? repeated
                    : "torch.narrow(" + repeated + ", " + axis + ", 0, " + x.get(axis) + ")";
        }
        List<Long> shape = new ArrayList<>(Collections.nCopies(x.size(), 1L));
        shape.set(axis, -1L);
        return "torch.reshape(" + value + ", " + ScriptText.ints(shape) + ")";
    }
}

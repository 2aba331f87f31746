package io.reflux.model.operator.fusion;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.quantization.Quantization;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/**
 * scale · (q − zeroPoint) with q as QuantizeLinear makes it, in the place of a {@link FakeQuantizePattern}. The gradient of x
 * is the clipped straight-through one: 1 where q was not clamped, else 0. Inputs and attributes are QuantizeLinear's, with
 * bounds of q where a Clip said so.
 *
 * <p>A scale that trains gets the gradient of LSQ (Esser et al. 2020, arXiv:1902.08153, eq. 3), scaled by
 * 1 / √(elements · quantMax) for the elements of one scale in one sample (sec. 2.2). A step that takes it below 0 is
 * mirrored: its magnitude counts, so that it comes back.
 *
 * <p>libtorch's fused kernels multiply by 1 / scale, so a value within rounding of a half may go to the other neighbour. What
 * is only a weight is divided, as QuantizeLinear does: the integers that are trained with are those that are stored.
 */
final class FakeQuantize extends FusedOperator {

    static final String TYPE = "FakeQuantize";

    /** Bounds of the integers; those of their type where absent. */
    static final String QUANT_MIN = "quant_min";

    static final String QUANT_MAX = "quant_max";

    /** A scale that trains is never smaller. */
    private static final String LEAST_SCALE = "8.673617379884035e-19";

    private static final int INT32 = 3;

    FakeQuantize() {
        super(TYPE);
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        boolean isWeight = out.isConstant(node.input(0));
        boolean training = out.training().equals("True");
        if (!isWeight) {
            out.assign(node.output(0), fused(node, out));
        } else if (!training) {
            out.assign(node.output(0), exact(node, out));
        } else {
            String fused = out.temporary();
            out.line(fused + " = " + fused(node, out));
            // Adds a zero that has the gradient.
            out.assign(
                    node.output(0),
                    "torch.add(torch.detach(" + exact(node, out) + "), torch.sub(" + fused + ", torch.detach(" + fused
                            + ")))");
        }
    }

    private static long quantMin(GraphNode node, NodeContext context) {
        return node.attributes()
                .getInt(QUANT_MIN, Quantization.type(node, context).least());
    }

    private static long quantMax(GraphNode node, NodeContext context) {
        return node.attributes()
                .getInt(QUANT_MAX, Quantization.type(node, context).most());
    }

    /** QuantizeLinear's own arithmetic. */
    private static String exact(GraphNode node, ScriptEmitter out) {
        String scale = magnitude(node, out, Quantization.scale(node, out));
        String zeroPoint = Quantization.zeroPoint(node, out);
        String rounded = "torch.round(torch.div(" + out.value(node.input(0)) + ", " + scale + "))";
        String shifted = zeroPoint.isEmpty() ? rounded : "torch.add(" + rounded + ", " + zeroPoint + ")";
        String clamped = "torch.clamp(" + shifted + ", " + quantMin(node, out) + ", " + quantMax(node, out) + ")";
        String back = zeroPoint.isEmpty() ? clamped : "torch.sub(" + clamped + ", " + zeroPoint + ")";
        return "torch.mul(" + back + ", " + scale + ")";
    }

    private static String fused(GraphNode node, ScriptEmitter out) {
        List<Long> shape = out.shape(node.input(0));
        List<Long> scale = out.shape(node.input(1));
        String x = out.value(node.input(0));
        if (Quantization.isPerTensor(scale)) {
            return perTensor(node, out, x);
        }
        if (Quantization.blockSize(node) == 0) {
            int axis = Quantization.axis(node, shape.size());
            return perAxis(node, out, x, out.value(node.input(1)), zeroPoints(node, out), axis);
        }
        return blocks(node, out);
    }

    private static boolean learnsScale(GraphNode node, ScriptEmitter out) {
        return out.trains(node.input(1)) && out.training().equals("True");
    }

    /** Scales, zero points as real numbers, bounds and the gradient's factor, as libtorch's learnable kernels take them. */
    private static String learnable(
            GraphNode node, ScriptEmitter out, String scale, String zeroPoints, String beforeBounds) {
        return magnitude(node, out, scale) + ", torch.to(" + zeroPoints + ", "
                + ScriptText.type(ElementType.FLOAT) + "), " + beforeBounds + quantMin(node, out) + ", "
                + quantMax(node, out) + ", " + gradientFactor(node, out) + ")";
    }

    /** What a scale that trains is taken for. */
    private static String magnitude(GraphNode node, ScriptEmitter out, String scale) {
        return out.trains(node.input(1)) ? "torch.clamp_min(torch.abs(" + scale + "), " + LEAST_SCALE + ")" : scale;
    }

    private static double gradientFactor(GraphNode node, ScriptEmitter out) {
        List<Long> shape = out.shape(node.input(0));
        boolean isWeight = out.isConstant(node.input(0));
        double elements = 1;
        for (int axis = isWeight ? 0 : 1; axis < shape.size(); axis++) {
            elements *= Math.max(1, shape.get(axis));
        }
        double scales = Shapes.knownProduct(out.shape(node.input(1)));
        return 1 / Math.sqrt(elements / scales * quantMax(node, out));
    }

    private static String perAxis(
            GraphNode node, ScriptEmitter out, String x, String scale, String zeroPoints, int axis) {
        if (learnsScale(node, out)) {
            return "torch._fake_quantize_learnable_per_channel_affine(" + x + ", "
                    + learnable(node, out, scale, zeroPoints, axis + ", ");
        }
        return "torch.fake_quantize_per_channel_affine(" + x + ", torch.detach(" + magnitude(node, out, scale) + "), "
                + zeroPoints + ", " + axis + ", " + quantMin(node, out) + ", " + quantMax(node, out) + ")";
    }

    /** Numbers where they are known, which saves reading them back from tensors. */
    private static String perTensor(GraphNode node, ScriptEmitter out, String x) {
        if (learnsScale(node, out)) {
            String scale = "torch.reshape(" + out.value(node.input(1)) + ", [1])";
            String zeroPoints = "torch.reshape(" + zeroPoints(node, out) + ", [1])";
            return "torch._fake_quantize_learnable_per_tensor_affine(" + x + ", "
                    + learnable(node, out, scale, zeroPoints, "");
        }
        String bounds = ", " + quantMin(node, out) + ", " + quantMax(node, out) + ")";
        boolean known = out.isConstant(node.input(1))
                && !out.trains(node.input(1))
                && (!node.hasInput(2) || out.isConstant(node.input(2)));
        if (known) {
            long zeroPoint = node.hasInput(2) ? out.constant(node.input(2)).longs()[0] : 0;
            return "torch.fake_quantize_per_tensor_affine(" + x + ", "
                    + ScriptText.number(out.constant(node.input(1)).floats()[0]) + ", " + zeroPoint + bounds;
        }
        String scale = magnitude(node, out, out.value(node.input(1)));
        return "torch.fake_quantize_per_tensor_affine(" + x + ", torch.detach(torch.reshape(" + scale
                + ", [1])), torch.reshape(" + zeroPoints(node, out) + ", [1])" + bounds;
    }

    private static String zeroPoints(GraphNode node, ScriptEmitter out) {
        return node.hasInput(2)
                ? "torch.to(" + out.value(node.input(2)) + ", " + INT32 + ")"
                : "torch.zeros_like(" + out.value(node.input(1)) + ", dtype=" + INT32 + ")";
    }

    /** The blocks as the rows of a matrix, each with its own scale; x is first filled up to whole blocks. */
    private static String blocks(GraphNode node, ScriptEmitter out) {
        List<Long> shape = out.shape(node.input(0));
        int axis = Quantization.axis(node, shape.size());
        long block = Quantization.blockSize(node);
        long missing = Math.floorMod(-shape.get(axis), block);
        String x = "torch.transpose(" + out.value(node.input(0)) + ", " + axis + ", -1)";
        String whole = missing == 0 ? x : "torch.constant_pad_nd(" + x + ", [0, " + missing + "], 0)";
        String filled = out.temporary();
        out.line(filled + " = " + whole);
        String rows = "torch.reshape(" + filled + ", [-1, " + block + "])";
        String scale = rowScales(out.value(node.input(1)), axis);
        String zeroPoints = rowScales(zeroPoints(node, out), axis);
        String y = "torch.reshape(" + perAxis(node, out, rows, scale, zeroPoints, 0) + ", torch.size(" + filled + "))";
        String cut = missing == 0 ? y : "torch.narrow(" + y + ", -1, 0, " + shape.get(axis) + ")";
        return "torch.transpose(" + cut + ", " + axis + ", -1)";
    }

    private static String rowScales(String scale, int axis) {
        return "torch.reshape(torch.transpose(" + scale + ", " + axis + ", -1), [-1])";
    }
}

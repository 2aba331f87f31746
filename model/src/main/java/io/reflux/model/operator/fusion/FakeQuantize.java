package io.reflux.model.operator.fusion;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.quantization.Quantization;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import java.util.List;

/**
 * libtorch's fused fake quantisation in the place of a {@link FakeQuantizePattern}: scale · (q − zeroPoint) with q as
 * QuantizeLinear makes it, and the clipped straight-through gradient. Inputs and attributes are QuantizeLinear's. libtorch
 * multiplies by 1 / scale, so a value within rounding of a half may go to the other neighbour.
 */
final class FakeQuantize extends FusedOperator {

    static final String TYPE = "FakeQuantize";

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
        ElementType type = Quantization.type(node, out);
        List<Long> shape = out.shape(node.input(0));
        List<Long> scale = out.shape(node.input(1));
        String x = out.value(node.input(0));
        String range = Quantization.least(type) + ", " + Quantization.most(type) + ")";
        if (Quantization.isPerTensor(scale)) {
            out.assign(
                    node.output(0),
                    "torch.fake_quantize_per_tensor_affine(" + x + ", " + perTensor(node, out) + ", " + range);
        } else if (Quantization.blockSize(node) == 0) {
            int axis = Quantization.axis(node, shape.size());
            out.assign(node.output(0), perAxis(x, out.value(node.input(1)), zeroPoints(node, out), axis, range));
        } else {
            emitBlocks(node, out, range);
        }
    }

    private static String perAxis(String x, String scale, String zeroPoints, int axis, String range) {
        return "torch.fake_quantize_per_channel_affine(" + x + ", " + scale + ", " + zeroPoints + ", " + axis + ", "
                + range;
    }

    /** Numbers where they are known, which saves reading them back from tensors. */
    private static String perTensor(GraphNode node, ScriptEmitter out) {
        boolean known = out.isConstant(node.input(1)) && (!node.hasInput(2) || out.isConstant(node.input(2)));
        if (known) {
            long zeroPoint = node.hasInput(2) ? out.constant(node.input(2)).longs()[0] : 0;
            return ScriptText.number(out.constant(node.input(1)).floats()[0]) + ", " + zeroPoint;
        }
        return "torch.reshape(" + out.value(node.input(1)) + ", [1]), torch.reshape(" + zeroPoints(node, out)
                + ", [1])";
    }

    private static String zeroPoints(GraphNode node, ScriptEmitter out) {
        return node.hasInput(2)
                ? "torch.to(" + out.value(node.input(2)) + ", " + INT32 + ")"
                : "torch.zeros_like(" + out.value(node.input(1)) + ", dtype=" + INT32 + ")";
    }

    /** The blocks as the rows of a matrix, each with its own scale; x is first filled up to whole blocks. */
    private static void emitBlocks(GraphNode node, ScriptEmitter out, String range) {
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
        String y = "torch.reshape(" + perAxis(rows, scale, zeroPoints, 0, range) + ", torch.size(" + filled + "))";
        String cut = missing == 0 ? y : "torch.narrow(" + y + ", -1, 0, " + shape.get(axis) + ")";
        out.assign(node.output(0), "torch.transpose(" + cut + ", " + axis + ", -1)");
    }

    private static String rowScales(String scale, int axis) {
        return "torch.reshape(torch.transpose(" + scale + ", " + axis + ", -1), [-1])";
    }
}

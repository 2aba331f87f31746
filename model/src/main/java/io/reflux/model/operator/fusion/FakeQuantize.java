package io.reflux.model.operator.fusion;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.quantization.Quantization;
import io.reflux.model.operator.spi.LearnedScale;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import java.util.Arrays;
import java.util.List;

/**
 * scale · (q − zeroPoint) with q as QuantizeLinear makes it, in the place of a {@link FakeQuantizePattern}, bit for bit. The
 * gradient of x is the clipped straight-through one: 1 where q was not clamped, else 0. Inputs and attributes are
 * QuantizeLinear's, with bounds of q where a Clip said so.
 *
 * <p>A scale that trains gets the gradient of LSQ (Esser et al. 2020, arXiv:1902.08153, eq. 3), scaled by
 * 1 / √(elements · quantMax) for the elements of one scale in one sample (sec. 2.2). A step that takes it below 0 is
 * mirrored: its magnitude counts, so that it comes back.
 *
 * <p>Rounding happens in place, behind autograd's back: hardtanh has the gradient that is wanted and makes a tensor of its own,
 * and its backward pass looks at x alone. libtorch's own kernels of fake quantisation take eight times as long, forward
 * and backward of 2 MB: 2.2 ms in the place of 0.3. The training step makes the gradients of scales ({@link LearnedScale}), but
 * those of blocks, and those in a graph that others differentiate, which are autograd's.
 */
final class FakeQuantize extends FusedOperator {

    static final String TYPE = "FakeQuantize";

    /** Bounds of the integers; those of their type where absent. */
    static final String QUANT_MIN = "quant_min";

    static final String QUANT_MAX = "quant_max";

    /** 1 = x passes a Relu first. */
    static final String RECTIFIED = "rectified";

    /** 1 = x is fed in, and a convolution alone reads y. */
    static final String FED = "fed";

    /** A scale that trains is never smaller. */
    private static final String LEAST_SCALE = String.valueOf(LearnedScale.LEAST);

    /** What rounds to a bound is not clamped. */
    private static final double MARGIN = 0.49;

    FakeQuantize() {
        super(TYPE);
    }

    /** Whether a node is such a one. */
    static boolean is(GraphNode node) {
        return node.operator().equals(TYPE) && node.domain().equals(Fusions.DOMAIN);
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        boolean learns = learnsScale(node, out);
        if (isNumber(node, out)) {
            emitNumber(
                    node,
                    out,
                    out.value(node.input(0)),
                    ScriptText.number(out.constant(node.input(1)).floats()[0]));
        } else if (!out.training().equals("True") || learns && !isLearnedByStep(node, out)) {
            emitDifferentiable(node, out);
        } else if (learns && node.attributes().getInt(FED, 0) == 1) {
            emitFed(node, out);
        } else {
            String x = learns ? alias(node, out) : out.value(node.input(0));
            String y = out.readsNumbers() && isPerTensor(node, out) && hasZeroPoint(node, out)
                    ? emitNumber(node, out, x, readScale(node, out))
                    : emitInPlace(node, out, x);
            if (learns) {
                int rank = out.shape(node.input(0)).size();
                int axis = isPerTensor(node, out) ? -1 : Quantization.axis(node, rank);
                out.learn(LearnedScale.ofRounding(node.input(1), x, y, rank, axis, gradientFactor(node, out)));
            }
        }
    }

    /** Without a gradient of x there is none of y, but y's change with its scale is known. */
    private static void emitFed(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        String steps = out.temporary();
        String scale = out.temporary();
        out.line(scale + " = torch.reshape(" + valueOfScale(node, out) + ", [])");
        out.line(steps + " = torch.div(" + x + ", " + scale + ")");
        String y = clamped(node, out, steps);
        out.line("_" + y + " = torch.mul_(torch.round_(" + y + "), " + scale + ")");
        // In place, since a sum of its own has the channels first where there is one; of a clamped x nothing is taken
        // away.
        String change = out.temporary();
        out.line(change + " = torch.sub_(torch.clone(" + y + "), torch.hardtanh_backward(" + x + ", " + steps + ", "
                + least(node, out) + ", " + most(node, out) + "))");
        out.assign(node.output(0), y);
        out.learnBehind(node.output(0), node.input(1), change, gradientFactor(node, out));
    }

    /** Every product in autograd's sight, so that scales get gradients from it where they train. */
    private static void emitDifferentiable(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        String scale = out.temporary();
        out.line(scale + " = " + scale(node, out));
        String steps = out.temporary();
        out.line(steps + " = torch.div(" + x + ", " + scale + ")");
        String clamped = clamped(node, out, steps);
        out.line("_" + clamped + " = torch.round_(torch.detach(" + clamped + "))");
        out.assign(node.output(0), "torch.mul(" + clamped + ", " + scale + ")");
    }

    /** A view of x that nothing else reads, with a gradient even where x has none. */
    private static String alias(GraphNode node, ScriptEmitter out) {
        String alias = out.temporary();
        out.line(alias + " = torch.requires_grad_(torch.alias(" + out.value(node.input(0)) + "), True)");
        return alias;
    }

    private static String readScale(GraphNode node, ScriptEmitter out) {
        String number = out.temporary();
        out.line(number + " = float(" + valueOfScale(node, out) + ")");
        return number;
    }

    /**
     * With one scale, whose number is known by the time, all but clamping is done in place.
     *
     * @param scale the number, or its variable
     */
    private static String emitNumber(GraphNode node, ScriptEmitter out, String x, String scale) {
        String y = out.temporary();
        out.line(y + " = torch.hardtanh(" + x + ", torch.mul(" + scale + ", " + least(node, out) + "), torch.mul("
                + scale + ", " + most(node, out) + "))");
        out.line("_" + y + " = torch.mul_(torch.round_(torch.div_(torch.detach(" + y + "), " + scale + ")), " + scale
                + ")");
        out.assign(node.output(0), y);
        return y;
    }

    /** With scales that are tensors a copy is divided: its gradient is x's as it is. */
    private static String emitInPlace(GraphNode node, ScriptEmitter out, String x) {
        String scale = out.temporary();
        out.line(scale + " = " + Quantization.stretched(node, out, valueOfScale(node, out)));
        String steps = out.temporary();
        out.line(steps + " = torch.clone(" + x + ")");
        out.line("_" + steps + " = torch.div_(torch.detach(" + steps + "), " + scale + ")");
        String y = clamped(node, out, steps);
        out.line("_" + y + " = torch.mul_(torch.round_(torch.detach(" + y + ")), " + scale + ")");
        out.assign(node.output(0), y);
        return y;
    }

    /** The scale as it counts in this step, without gradients. */
    private static String valueOfScale(GraphNode node, ScriptEmitter out) {
        String name = node.input(1);
        return out.trains(name)
                ? "torch.clamp_min(torch.abs(" + out.detached(name) + "), " + LEAST_SCALE + ")"
                : "torch.detach(" + out.value(name) + ")";
    }

    private static boolean isNumber(GraphNode node, ScriptEmitter out) {
        return out.isConstant(node.input(1))
                && !out.trains(node.input(1))
                && out.constant(node.input(1)).size() == 1
                && hasZeroPoint(node, out);
    }

    private static boolean isPerTensor(GraphNode node, ScriptEmitter out) {
        return Quantization.isPerTensor(out.shape(node.input(1)));
    }

    /** Sums over blocks are left to autograd. */
    private static boolean isLearnedByStep(GraphNode node, ScriptEmitter out) {
        return out.learnsScales() && (isPerTensor(node, out) || Quantization.blockSize(node) == 0);
    }

    /** Steps from the zero point, clamped to the integers there are. */
    private static String clamped(GraphNode node, ScriptEmitter out, String steps) {
        String clamped = out.temporary();
        if (hasZeroPoint(node, out)) {
            out.line(clamped + " = torch.hardtanh(" + steps + ", " + least(node, out) + ", " + most(node, out) + ")");
            return clamped;
        }
        String zeroPoint = out.temporary();
        out.line(zeroPoint + " = " + Quantization.zeroPoint(node, out));
        out.line(clamped + " = torch.clamp(" + steps + ", torch.rsub(" + zeroPoint + ", "
                + (quantMin(node, out) - MARGIN) + "), torch.rsub(" + zeroPoint + ", " + (quantMax(node, out) + MARGIN)
                + "))");
        return clamped;
    }

    /** The least x, in steps from the one zero point, that is not clamped. */
    private static double least(GraphNode node, NodeContext context) {
        return node.attributes().getInt(RECTIFIED, 0) == 1
                ? 0
                : quantMin(node, context) - zeroPoints(node, context)[0] - MARGIN;
    }

    private static double most(GraphNode node, NodeContext context) {
        return quantMax(node, context) - zeroPoints(node, context)[0] + MARGIN;
    }

    /** Whether there is one zero point for all, which is known. */
    static boolean hasZeroPoint(GraphNode node, NodeContext context) {
        return !node.hasInput(2)
                || context.isConstant(node.input(2))
                        && Arrays.stream(zeroPoints(node, context)).distinct().count() == 1;
    }

    private static long[] zeroPoints(GraphNode node, NodeContext context) {
        return node.hasInput(2) ? context.constant(node.input(2)).longs() : new long[1];
    }

    private static long quantMin(GraphNode node, NodeContext context) {
        return node.attributes()
                .getInt(QUANT_MIN, Quantization.type(node, context).least());
    }

    private static long quantMax(GraphNode node, NodeContext context) {
        return node.attributes()
                .getInt(QUANT_MAX, Quantization.type(node, context).most());
    }

    private static boolean learnsScale(GraphNode node, ScriptEmitter out) {
        return out.trains(node.input(1)) && out.training().equals("True");
    }

    /** The scale, stretched to x, with the gradient that it shall have. */
    private static String scale(GraphNode node, ScriptEmitter out) {
        String scale = Quantization.scale(node, out);
        if (!out.trains(node.input(1))) {
            return "torch.detach(" + scale + ")";
        }
        String magnitude = "torch.clamp_min(torch.abs(" + scale + "), " + LEAST_SCALE + ")";
        if (!learnsScale(node, out)) {
            return magnitude;
        }
        String value = out.temporary();
        out.line(value + " = " + magnitude);
        // Adds a zero that has the gradient, times its factor.
        return "torch.add(torch.detach(" + value + "), torch.sub(" + value + ", torch.detach(" + value + ")), alpha="
                + gradientFactor(node, out) + ")";
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
}

package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The same elements under another shape: a number is a dimension, 0 copies the input's dimension at that place (but
 * with {@code allowzero} is an empty one), -1 (once) is what remains. The shape may be computed from sizes.
 */
final class Reshape implements Operator {

    @Override
    public String type() {
        return "Reshape";
    }

    @Override
    public String limits() {
        return "a shape known from sizes and constants";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<SymbolicInt> target = Integers.known(node, context, 1, "shape").elements();
        List<Long> shown = target.stream().map(Reshape::shown).toList();
        boolean copies = node.attributes().getInt("allowzero", 0) == 0;
        List<Long> left = new ArrayList<>(x);
        List<Long> y = new ArrayList<>();
        int open = -1;
        for (int i = 0; i < target.size(); i++) {
            SymbolicInt dimension = target.get(i);
            if (dimension.is(-1)) {
                if (open >= 0) {
                    throw Shapes.mismatch("shape " + shown, "one -1 at most");
                }
                open = i;
                y.add(1L);
            } else if (dimension.is(0) && copies) {
                if (i >= x.size()) {
                    throw Shapes.mismatch("shape " + shown + " for X " + x, "0 only where X has a dimension");
                }
                left.set(i, 1L);
                y.add(x.get(i));
            } else if (dimension.dimension() < -1) {
                throw Shapes.mismatch("shape " + shown, "numbers >= -1");
            } else {
                y.add(dimension.dimension());
            }
        }
        long made = made(target);
        long elements = Shapes.knownProduct(left);
        boolean freeTarget = target.stream().anyMatch(Reshape::isFree);
        boolean free = left.contains(Shapes.FREE);
        if (open < 0 && free && !freeTarget) {
            throw Shapes.mismatch("shape " + shown + " for X " + x, "0 or -1 for the free dimension");
        }
        // A free dimension may bring the factors that are missing on one side.
        boolean fits = free || freeTarget || (open < 0 ? elements == made : made != 0 && elements % made == 0);
        fits &= !(free && open >= 0 && !freeTarget) || elements % made == 0 || made % elements == 0;
        if (!fits) {
            throw Shapes.mismatch("shape " + shown + " for X " + x, "as many elements on both sides");
        }
        if (open >= 0) {
            y.set(open, free || freeTarget ? Shapes.FREE : elements / made);
        }
        return List.of(List.copyOf(y));
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        return Moved.reshaped(node, context, outputShapes(node, context).get(0));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(
                node.output(0),
                "torch.reshape(" + out.value(node.input(0)) + ", " + Moved.outputSizes(node, out) + ")");
    }

    /** Product of the dimensions that the target itself gives. */
    private static long made(List<SymbolicInt> target) {
        return Shapes.knownProduct(target.stream()
                .map(SymbolicInt::dimension)
                .filter(dimension -> dimension > 0)
                .toList());
    }

    private static boolean isFree(SymbolicInt dimension) {
        return !(dimension instanceof SymbolicInt.Literal);
    }

    private static Long shown(SymbolicInt dimension) {
        return dimension.dimension();
    }
}

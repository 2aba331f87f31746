package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The same elements under another shape, which must be a constant: a number is a dimension, 0 copies the input's
 * dimension at that place, -1 (once) is what remains. The free batch must stay free.
 */
final class Reshape implements Operator {

    @Override
    public String type() {
        return "Reshape";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Problems problems = new Problems(node, 2, 2).oneOutput();
        if (!context.isConstant(node.input(1))) {
            return problems.expect(false, "shape", node.input(1) + " is computed", "a constant")
                    .list();
        }
        List<Long> shape = target(node, context);
        boolean allowZero = node.attributes().getInt("allowzero", 0) != 0;
        return problems.expect(shape.stream().allMatch(dimension -> dimension >= -1), "shape", shape, "numbers >= -1")
                .expect(
                        shape.stream().filter(dimension -> dimension == -1).count() <= 1,
                        "shape",
                        shape,
                        "one -1 at most")
                .expect(!(allowZero && shape.contains(0L)), "shape", shape, "no empty dimension (allowzero)")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Long> target = target(node, context);
        List<Long> left = new ArrayList<>(x);
        List<Long> y = new ArrayList<>();
        long made = 1;
        for (int i = 0; i < target.size(); i++) {
            long dimension = target.get(i);
            if (dimension == 0) {
                if (i >= x.size()) {
                    throw Shapes.mismatch("shape " + target + " for X " + x, "0 only where X has a dimension");
                }
                left.set(i, 1L);
                y.add(x.get(i));
            } else {
                made = Shapes.times(made, dimension == -1 ? 1 : dimension);
                y.add(dimension);
            }
        }
        int open = target.indexOf(-1L);
        long elements = Shapes.knownProduct(left);
        if (open < 0 && left.contains(Shapes.FREE)) {
            throw Shapes.mismatch("shape " + target + " for X " + x, "0 or -1 for the free dimension");
        }
        // A free dimension may bring the factors that are missing on one side, but not on both.
        boolean fits = open < 0
                ? elements == made
                : elements % made == 0 || (left.contains(Shapes.FREE) && made % elements == 0);
        if (!fits) {
            throw Shapes.mismatch("shape " + target + " for X " + x, "as many elements on both sides");
        }
        if (open >= 0 && !left.contains(Shapes.FREE)) {
            y.set(open, elements / made);
        }
        return List.of(List.copyOf(y));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        List<Long> target = target(node, out);
        List<Long> y = outputShapes(node, out).get(0);
        List<String> dimensions = new ArrayList<>();
        for (int i = 0; i < target.size(); i++) {
            boolean copiesFree = target.get(i) == 0 && y.get(i) == Shapes.FREE;
            dimensions.add(copiesFree ? "torch.size(" + x + ", " + i + ")" : String.valueOf(y.get(i)));
        }
        out.assign(
                node.output(0),
                "torch.reshape(" + x + ", " + dimensions.stream().collect(Collectors.joining(", ", "[", "]")) + ")");
    }

    private static List<Long> target(GraphNode node, NodeContext context) {
        List<Long> target = new ArrayList<>();
        for (long dimension : context.constant(node.input(1)).longs()) {
            target.add(dimension);
        }
        return target;
    }
}

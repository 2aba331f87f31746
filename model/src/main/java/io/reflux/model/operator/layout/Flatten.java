package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import java.util.List;

/** Two axes out of many: the axes before {@code axis} become one, and so do the others. */
final class Flatten implements Operator {

    @Override
    public String type() {
        return "Flatten";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        int axis = axis(node, x);
        return List.of(List.of(Shapes.product(x.subList(0, axis)), Shapes.product(x.subList(axis, x.size()))));
    }

    @Override
    public InputUse use(int input) {
        return InputUse.CONTENT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        List<Long> shape = out.shape(node.input(0));
        boolean usual = axis(node, shape) == 1 && shape.size() > 1;
        out.assign(
                node.output(0),
                usual
                        ? "torch.flatten(" + x + ", 1, -1)"
                        : "torch.reshape(" + x + ", " + Moved.outputSizes(node, out) + ")");
    }

    private static int axis(GraphNode node, List<Long> shape) {
        return Shapes.axis(node.attributes().getInt("axis", 1), shape.size(), shape.size() + 1);
    }
}

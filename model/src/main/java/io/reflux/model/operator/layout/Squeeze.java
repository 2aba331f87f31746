package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Drops axes of size 1: those of the second input, or all that are 1 where it is absent. */
final class Squeeze implements Operator {

    @Override
    public String type() {
        return "Squeeze";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Integer> ones =
                IntStream.range(0, x.size()).filter(i -> x.get(i) == 1).boxed().toList();
        List<Integer> axes = Moved.axes(node, context, 1, x.size(), ones);
        List<Long> y = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            if (!axes.contains(i)) {
                y.add(x.get(i));
            } else if (!Shapes.agree(x.get(i), 1)) {
                throw Shapes.mismatch("axis " + i + " of X " + x, "of size 1");
            }
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
}

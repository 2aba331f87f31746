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
import io.reflux.model.operator.spi.SymbolicInt.Operation;
import java.util.ArrayList;
import java.util.List;

/** Repeats the whole tensor along each axis, as often as the second input says. */
final class Tile implements Operator {

    @Override
    public String type() {
        return "Tile";
    }

    @Override
    public String limits() {
        return "repeats known from sizes and constants";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<SymbolicInt> repeats = repeats(node, context);
        if (repeats.size() != x.size()) {
            throw Shapes.mismatch("repeats " + repeats.size() + " for X " + x, "one for each axis");
        }
        List<Long> y = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            y.add(SymbolicInt.of(Operation.MULTIPLY, context.size(node.input(0), i), repeats.get(i))
                    .map(SymbolicInt::dimension)
                    .orElse(Shapes.FREE));
        }
        return List.of(List.copyOf(y));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(
                node.output(0),
                "torch.repeat(" + out.value(node.input(0)) + ", " + out.integers(repeats(node, out)) + ")");
    }

    private static List<SymbolicInt> repeats(GraphNode node, NodeContext context) {
        return Integers.known(node, context, 1, "repeats").elements();
    }
}

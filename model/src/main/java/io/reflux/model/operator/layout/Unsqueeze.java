package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Inserts axes of size 1, so that they stand at the given places of the output. */
final class Unsqueeze implements Operator {

    @Override
    public String type() {
        return "Unsqueeze";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> y = new ArrayList<>(context.shape(node.input(0)));
        axes(node, context).forEach(axis -> y.add(axis, 1L));
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
        String y = out.value(node.input(0));
        for (int axis : axes(node, out)) {
            y = "torch.unsqueeze(" + y + ", " + axis + ")";
        }
        out.assign(node.output(0), y);
    }

    /** In ascending order, so that each may be inserted in turn. */
    private static List<Integer> axes(GraphNode node, NodeContext context) {
        int rank = context.shape(node.input(0)).size()
                + Integers.numbers(node, context, 1, "axes").size();
        return Moved.axes(node, context, 1, rank, List.of()).stream().sorted().toList();
    }
}

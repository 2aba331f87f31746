package io.reflux.model.operator.constant;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.List;
import java.util.Optional;

/** y = x; files use it to share one initialiser under two names. */
final class Identity implements Operator {

    @Override
    public String type() {
        return "Identity";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        return context.integers(node.input(0));
    }

    @Override
    public InputUse use(int input) {
        return InputUse.CONTENT;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(node.output(0), out.value(node.input(0)));
    }
}

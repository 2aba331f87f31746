package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt.Operation;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.List;
import java.util.Optional;

/** Div: a / b, stretched to each other; of integers towards zero. */
final class Division implements Operator {

    @Override
    public String type() {
        return "Div";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(Shapes.broadcast(context.shape(node.input(0)), context.shape(node.input(1))));
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        return Integers.fold(node, context, Operation.DIVIDE);
    }

    @Override
    public InputUse use(int input) {
        return InputUse.OPERAND;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String rounding = out.type(node.input(0)).isFloatingPoint() ? "" : ", rounding_mode=\"trunc\"";
        out.assign(
                node.output(0),
                "torch.div(" + out.value(node.input(0)) + ", " + out.value(node.input(1)) + rounding + ")");
    }
}

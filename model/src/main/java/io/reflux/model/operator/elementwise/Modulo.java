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

/** Mod: what remains of a / b, with the sign of b, or with {@code fmod} 1 the sign of a. */
final class Modulo implements Operator {

    @Override
    public String type() {
        return "Mod";
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
        return fmod(node) ? Optional.empty() : Integers.fold(node, context, Operation.MODULO);
    }

    @Override
    public InputUse use(int input) {
        return InputUse.OPERAND;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String function = fmod(node) ? "torch.fmod" : "torch.remainder";
        out.assign(node.output(0), function + "(" + out.value(node.input(0)) + ", " + out.value(node.input(1)) + ")");
    }

    private static boolean fmod(GraphNode node) {
        return node.attributes().getInt("fmod", 0) != 0;
    }
}

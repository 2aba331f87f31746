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

/**
 * An operator of two tensors, element by element, broadcast to each other.
 *
 * @param type ONNX name
 * @param function TorchScript function of the two
 */
record Broadcast(String type, String function) implements Operator {

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
        return switch (type) {
            case "Add" -> Integers.fold(node, context, Operation.ADD);
            case "Sub" -> Integers.fold(node, context, Operation.SUBTRACT);
            case "Mul" -> Integers.fold(node, context, Operation.MULTIPLY);
            default -> Optional.empty();
        };
    }

    @Override
    public InputUse use(int input) {
        return InputUse.OPERAND;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String a = out.value(node.input(0));
        String b = out.value(node.input(1));
        out.assign(node.output(0), function + "(" + a + ", " + b + ")");
    }
}

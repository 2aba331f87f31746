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
 * An operator of one or more tensors, stretched to each other and joined element by element from left to right.
 *
 * @param type ONNX name
 * @param function TorchScript function of two tensors
 * @param mean whether the result is divided by the number of tensors
 */
record Fold(String type, String function, boolean mean) implements Operator {

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, Math.max(1, node.inputs().size()), Integer.MAX_VALUE)
                .oneOutput()
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(node.inputs().stream().map(context::shape).reduce(List.of(), Shapes::broadcast));
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        return switch (type) {
            case "Max" -> Integers.fold(node, context, Operation.MAXIMUM);
            case "Min" -> Integers.fold(node, context, Operation.MINIMUM);
            default -> Optional.empty();
        };
    }

    @Override
    public InputUse use(int input) {
        return InputUse.OPERAND;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String result = node.inputs().stream()
                .map(out::value)
                .reduce((a, b) -> function + "(" + a + ", " + b + ")")
                .orElseThrow();
        int count = node.inputs().size();
        out.assign(node.output(0), mean && count > 1 ? "torch.div(" + result + ", " + count + ")" : result);
    }
}

package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The second input where the first, of booleans, is true, else the third; all stretched to each other. */
final class Where implements Operator {

    @Override
    public String type() {
        return "Where";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 3, 3).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(node.inputs().stream().map(context::shape).reduce(List.of(), Shapes::broadcast));
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(context.type(node.input(1)));
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        return Integers.zip(node, context, three -> choose(three.get(0), three.get(1), three.get(2)));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.SETTING : InputUse.OPERAND;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String inputs = node.inputs().stream().map(out::value).collect(Collectors.joining(", "));
        out.assign(node.output(0), "torch.where(" + inputs + ")");
    }

    private static Optional<SymbolicInt> choose(SymbolicInt condition, SymbolicInt yes, SymbolicInt no) {
        if (yes.equals(no)) {
            return Optional.of(yes);
        }
        return condition instanceof SymbolicInt.Literal literal
                ? Optional.of(literal.value() != 0 ? yes : no)
                : Optional.empty();
    }
}

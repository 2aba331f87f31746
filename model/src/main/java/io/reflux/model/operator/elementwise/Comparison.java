package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
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

/**
 * A question about two tensors, element by element, stretched to each other; the answer is a boolean.
 *
 * @param type ONNX name
 * @param function TorchScript function of the two
 */
record Comparison(String type, String function) implements Operator {

    static List<Operator> all() {
        return List.of(
                new Comparison("And", "torch.logical_and"),
                new Comparison("Equal", "torch.eq"),
                new Comparison("Greater", "torch.gt"),
                new Comparison("GreaterOrEqual", "torch.ge"),
                new Comparison("Less", "torch.lt"),
                new Comparison("LessOrEqual", "torch.le"),
                new Comparison("Or", "torch.logical_or"),
                new Comparison("Xor", "torch.logical_xor"));
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
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(ElementType.BOOL);
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        return Integers.zip(node, context, pair -> answer(pair.get(0), pair.get(1)));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(node.output(0), function + "(" + out.value(node.input(0)) + ", " + out.value(node.input(1)) + ")");
    }

    private Optional<SymbolicInt> answer(SymbolicInt a, SymbolicInt b) {
        if (a instanceof SymbolicInt.Literal x && b instanceof SymbolicInt.Literal y) {
            return Optional.of(SymbolicInt.of(holds(x.value(), y.value()) ? 1 : 0));
        }
        if (a.equals(b)) {
            return Optional.of(SymbolicInt.of(holds(0, 0) ? 1 : 0)).filter(same -> isOrder());
        }
        // A size is at least 1, so it never equals the -1 and the 0 that exporters ask for.
        boolean apart = (a.isPositive() && b.dimension() < 1 && isLiteral(b))
                || (b.isPositive() && a.dimension() < 1 && isLiteral(a));
        return apart && type.equals("Equal") ? Optional.of(SymbolicInt.of(0)) : Optional.empty();
    }

    private boolean isOrder() {
        return !type.equals("And") && !type.equals("Or") && !type.equals("Xor");
    }

    private boolean holds(long a, long b) {
        return switch (type) {
            case "And" -> a != 0 && b != 0;
            case "Equal" -> a == b;
            case "Greater" -> a > b;
            case "GreaterOrEqual" -> a >= b;
            case "Less" -> a < b;
            case "LessOrEqual" -> a <= b;
            case "Or" -> a != 0 || b != 0;
            default -> (a != 0) != (b != 0);
        };
    }

    private static boolean isLiteral(SymbolicInt value) {
        return value instanceof SymbolicInt.Literal;
    }
}

package io.reflux.model.operator.elementwise;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInt.Operation;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.List;
import java.util.Optional;

/**
 * A question about each element by itself; the answer is a boolean.
 *
 * @param type ONNX name
 */
record Predicate(String type) implements Operator {

    static List<Operator> all() {
        return List.of(new Predicate("IsInf"), new Predicate("IsNaN"), new Predicate("Not"));
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
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(ElementType.BOOL);
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        return type.equals("Not")
                ? Integers.zip(node, context, one -> SymbolicInt.of(Operation.SUBTRACT, SymbolicInt.of(1), one.get(0)))
                : Optional.empty();
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        out.assign(
                node.output(0),
                switch (type) {
                    case "IsNaN" -> "torch.isnan(" + x + ")";
                    case "Not" -> "torch.logical_not(" + x + ")";
                    default -> infinite(node, x);
                });
    }

    private static String infinite(GraphNode node, String x) {
        boolean positive = node.attributes().getInt("detect_positive", 1) != 0;
        boolean negative = node.attributes().getInt("detect_negative", 1) != 0;
        if (positive && negative) {
            return "torch.isinf(" + x + ")";
        }
        String sign = positive ? "inf" : negative ? "-inf" : "nan";
        // Nothing equals nan.
        return "torch.eq(" + x + ", " + sign + ")";
    }
}

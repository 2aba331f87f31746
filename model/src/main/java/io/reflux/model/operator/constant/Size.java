package io.reflux.model.operator.constant;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInt.Operation;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.List;
import java.util.Optional;

/** The number of elements as a scalar; never computed when the graph runs. */
final class Size implements Operator {

    @Override
    public String type() {
        return "Size";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(List.of());
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(ElementType.INT64);
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        Optional<SymbolicInt> product = Optional.of(SymbolicInt.of(1));
        for (int axis = 0; axis < context.shape(node.input(0)).size(); axis++) {
            SymbolicInt size = context.size(node.input(0), axis);
            product = product.flatMap(before -> SymbolicInt.of(Operation.MULTIPLY, before, size));
        }
        return product.map(SymbolicInts::scalar);
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        throw new IllegalStateException(node.label() + ": known beforehand, so never emitted");
    }
}
